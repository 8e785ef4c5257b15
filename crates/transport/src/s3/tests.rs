//! Files in a stand-in for S3.

use std::io;

use bytes::Bytes;
use futures::stream;

use super::{stand_in::StandIn, *};
use crate::Storage;

#[test]
fn an_address_is_a_bucket_and_perhaps_a_folder() {
    let read = |url: &str| parts(url).map(|(bucket, folder)| (bucket, folder.to_string()));
    assert_eq!(read("s3://media").unwrap(), ("media".into(), String::new()));
    assert_eq!(read("s3://media/").unwrap(), ("media".into(), String::new()));
    assert_eq!(read("s3://media/jina/connect/").unwrap(), ("media".into(), "jina/connect".into()));
    for wrong in ["s3://", "s3:///folder", "s3://key:secret@media", "s3://media:80/", "s3://media?x=y"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

fn storage(server: &StandIn, url: &str) -> Storage {
    let variables = [
        ("AWS_ENDPOINT_URL", server.url.as_str()),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "eu-central-1"),
        ("PATH", "/bin"),
    ];
    let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    Storage { store: open(url, variables).unwrap() }
}

#[tokio::test]
async fn a_file_is_there_until_it_is_removed() {
    let server = StandIn::start().await;
    let storage = storage(&server, "s3://media/jina");
    assert_eq!(storage.get("uploads/a b").await.unwrap(), None);
    storage.put("uploads/a b", Bytes::from_static(b"hello")).await.unwrap();
    assert_eq!(storage.get("uploads/a b").await.unwrap().as_deref(), Some(b"hello".as_slice()));
    assert_eq!(storage.get_range("uploads/a b", 1..3).await.unwrap().as_deref(), Some(b"el".as_slice()));
    assert_eq!(server.keys(), ["/media/jina/uploads/a b"]);
    storage.remove("uploads/a b").await.unwrap();
    storage.remove("uploads/a b").await.unwrap();
    assert_eq!(storage.get("uploads/a b").await.unwrap(), None);
}

#[tokio::test]
async fn a_large_file_goes_in_parts_and_one_that_breaks_off_leaves_nothing() {
    let server = StandIn::start().await;
    let storage = storage(&server, "s3://media");
    let piece = Bytes::from(vec![b'x'; 1 << 20]);
    let pieces = stream::iter((0..12).map(|_| Ok::<_, io::Error>(piece.clone())));
    assert_eq!(storage.put_stream("imports/whole", pieces, 1 << 30).await.unwrap(), 12 << 20);
    assert_eq!(storage.get("imports/whole").await.unwrap().map(|bytes| bytes.len()), Some(12 << 20));
    let pieces = (0..12).map(|_| Ok(piece.clone())).chain([Err(io::Error::other("gone"))]);
    assert!(storage.put_stream("imports/half", stream::iter(pieces), 1 << 30).await.is_err());
    assert_eq!(server.keys(), ["/media/imports/whole"]);
    assert_eq!(server.open_uploads(), 0);
}

#[tokio::test]
async fn a_server_that_refuses_is_unavailable_and_says_no_secret() {
    let server = StandIn::start().await;
    server.refuse();
    let error = storage(&server, "s3://media").put("a", Bytes::from_static(b"x")).await.unwrap_err();
    assert_eq!(error.kind(), model::ErrorKind::Unavailable);
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}
