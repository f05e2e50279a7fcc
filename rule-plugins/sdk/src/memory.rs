//! Memory of a component. The service gives each claim a fresh instance and throws it away, so nothing has to be given
//! back: blocks are cut off one after the other, and only the newest can shrink, grow, or be returned.

#![allow(unsafe_code)]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::Cell;

/// How many bytes are asked for at once when there are none left.
const STEP: usize = 256 * 1024;
/// Bytes of a page of linear memory.
const PAGE: usize = 64 * 1024;

struct Bump {
    /// The first free byte; 0 before the first block.
    next: Cell<usize>,
    /// The first byte that is not there.
    end: Cell<usize>,
}

// SAFETY: a component runs on one thread; the target has no others.
unsafe impl Sync for Bump {}

#[global_allocator]
static BUMP: Bump = Bump { next: Cell::new(0), end: Cell::new(0) };

unsafe extern "C" {
    /// Where the linker's data end.
    static __heap_base: u8;
}

impl Bump {
    /// Makes room up to `until`, or says that there is none.
    fn reach(&self, until: usize) -> bool {
        if until <= self.end.get() {
            return true;
        }
        let pages = (until - self.end.get()).max(STEP).div_ceil(PAGE);
        if wasm32::memory_grow::<0>(pages) == usize::MAX {
            return false;
        }
        self.end.set(self.end.get() + pages * PAGE);
        true
    }

    fn start(&self) {
        if self.next.get() == 0 {
            self.next.set((&raw const __heap_base).addr());
            self.end.set(wasm32::memory_size::<0>() * PAGE);
        }
    }
}

// SAFETY: blocks never overlap, since `next` only moves back over the newest block; each is aligned as asked.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.start();
        let from = self.next.get().next_multiple_of(layout.align());
        let Some(until) = from.checked_add(layout.size()) else {
            return core::ptr::null_mut();
        };
        if !self.reach(until) {
            return core::ptr::null_mut();
        }
        self.next.set(until);
        core::ptr::with_exposed_provenance_mut(from)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if block.addr() + layout.size() == self.next.get() {
            self.next.set(block.addr());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let from = block.addr();
        if from + layout.size() == self.next.get() {
            // the newest block grows where it is
            match from.checked_add(size) {
                Some(until) if self.reach(until) => self.next.set(until),
                _ => return core::ptr::null_mut(),
            }
            return block;
        }
        if size <= layout.size() {
            return block;
        }
        // SAFETY: the new block is a fresh one of `size` bytes, and the old one has `layout.size()`, which is less.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                core::ptr::copy_nonoverlapping(block, new, layout.size());
            }
            new
        }
    }
}
