//! A service's private folder: mode 0700, owned by its account, held by one process at a time.
//!
//! The mode is what makes `trust` authentication safe for PostgreSQL here: the only way in is a socket
//! inside this folder, and only the account itself (and root) can reach it.

use std::fs::{self, File, Permissions, TryLockError};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::ServiceError;
use crate::account::Account;

/// Longest path of a folder that still leaves room for a socket's name in the 107 bytes of a Unix address.
const LONGEST_PATH: usize = 80;

/// The folder, its lock, and whether it goes away with the service.
#[derive(Debug)]
pub(crate) struct PrivateFolder {
    path: PathBuf,
    account: Account,
    // Released by the kernel when this process ends in whatever way.
    _lock: File,
    temporary: Option<TempDir>,
}

impl PrivateFolder {
    /// Makes the folder where it is missing, or a temporary one, and takes it for this process.
    pub(crate) fn open(program: &'static str, wanted: Option<&Path>, account: Account) -> Result<Self, ServiceError> {
        let (path, temporary) = match wanted {
            Some(path) => {
                fs::create_dir_all(path)
                    .map_err(|e| ServiceError::io(format!("making the folder {}", path.display()), e))?;
                (path.to_path_buf(), None)
            }
            None => {
                let made = tempfile::Builder::new()
                    .prefix("counterfoil-")
                    .tempdir()
                    .map_err(|e| ServiceError::io("making a temporary folder", e))?;
                (made.path().to_path_buf(), Some(made))
            }
        };
        let path = fs::canonicalize(&path).map_err(|e| ServiceError::io(format!("finding {}", path.display()), e))?;
        if path.as_os_str().len() > LONGEST_PATH {
            return Err(ServiceError::PathTooLong(path));
        }
        fs::set_permissions(&path, Permissions::from_mode(0o700))
            .map_err(|e| ServiceError::io(format!("closing {} to others", path.display()), e))?;
        account.own(&path)?;
        let lock = lock(&path)?;
        let folder = Self { path, account, _lock: lock, temporary };
        folder.check_reachable(program)?;
        Ok(folder)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Who owns it.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Whether it is to be removed with the service.
    pub(crate) fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// Makes a folder inside, with the same owner and mode.
    pub(crate) fn subfolder(&self, name: &str) -> Result<PathBuf, ServiceError> {
        let path = self.path.join(name);
        fs::create_dir_all(&path)
            .and_then(|()| fs::set_permissions(&path, Permissions::from_mode(0o700)))
            .map_err(|e| ServiceError::io(format!("making the folder {}", path.display()), e))?;
        self.account.own(&path)?;
        Ok(path)
    }

    /// A folder below one that is closed to the account (root's home, say) is no use to it; better said
    /// now than as an unexplained failure of the program later.
    fn check_reachable(&self, program: &'static str) -> Result<(), ServiceError> {
        let mut probe = Command::new("/bin/sh");
        probe.args(["-c", ":"]).current_dir(&self.path);
        probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.account.apply(&mut probe);
        match probe.status() {
            Ok(_) => Ok(()),
            Err(source) => Err(ServiceError::Unreachable {
                program,
                folder: self.path.clone(),
                account: self.account.name().to_owned(),
                source,
            }),
        }
    }
}

fn lock(folder: &Path) -> Result<File, ServiceError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|e| ServiceError::io(format!("writing {}", path.display()), e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ServiceError::InUse(folder.to_path_buf())),
        Err(TryLockError::Error(e)) => Err(ServiceError::io(format!("locking {}", path.display()), e)),
    }
}
