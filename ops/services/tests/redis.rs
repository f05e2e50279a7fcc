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

    let pid = redis.process_id().unwrap();
    drop(redis);
    assert!(UnixStream::connect(&socket).is_err());
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    assert!(!socket.parent().unwrap().exists());
}

#[test]
fn killed_it_refuses_and_started_again_it_is_empty_at_the_same_address() {
    let mut redis = PrivateRedis::start().unwrap();
    let socket = redis.socket();
    let say = |words: &str, answer: &str| {
        let mut stream = UnixStream::connect(&socket).unwrap();
        stream.write_all(words.as_bytes()).unwrap();
        let mut said = vec![0; answer.len()];
        stream.read_exact(&mut said).unwrap();
        assert_eq!(String::from_utf8(said).unwrap(), answer);
    };
    say("SET week 14\r\n", "+OK\r\n");
    redis.kill_hard().unwrap();
    assert!(UnixStream::connect(&socket).is_err());
    assert_eq!(redis.process_id(), None);

    redis.restart().unwrap();
    say("GET week\r\n", "$-1\r\n");
}
