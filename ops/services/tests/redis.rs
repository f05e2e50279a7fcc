//! The private Redis: answers on its socket, and is gone with its owner.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use counterfoil_services::PrivateRedis;

#[test]
fn keeps_a_value_on_its_socket_and_is_gone_afterwards() {
    let redis = PrivateRedis::start().unwrap();
    let socket = redis.socket();
    assert_eq!(redis.url(), format!("redis+unix://{}", socket.display()));
    let mut stream = UnixStream::connect(&socket).unwrap();
    stream.write_all(b"SET week 14\r\nGET week\r\n").unwrap();
    let mut answer = [0; 13];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"+OK\r\n$2\r\n14\r\n");

    let pid = redis.process_id();
    drop(redis);
    assert!(UnixStream::connect(&socket).is_err());
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    assert!(!socket.parent().unwrap().exists());
}
