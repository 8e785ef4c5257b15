//! As much of S3 as a storage needs, in memory: objects, ranges, uploads in parts, removal one by one and in bulk.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

#[derive(Debug, Default)]
struct Inside {
    objects: BTreeMap<String, Bytes>,
    uploads: HashMap<String, BTreeMap<u32, Bytes>>,
    refuses: bool,
}

#[derive(Debug, Clone)]
pub struct StandIn {
    pub url: String,
    inside: Arc<Mutex<Inside>>,
}

impl StandIn {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { url, inside: Arc::default() };
        let routes = Router::new().fallback(answer).layer(DefaultBodyLimit::disable()).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        server
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    pub fn keys(&self) -> Vec<String> {
        self.lock().objects.keys().cloned().collect()
    }

    pub fn open_uploads(&self) -> usize {
        self.lock().uploads.len()
    }

    pub fn refuse(&self) {
        self.lock().refuses = true;
    }
}

async fn answer(
    State(server): State<StandIn>,
    method: Method,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signature = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut inside = server.lock();
    if inside.refuses || !signature.starts_with("AWS4-HMAC-SHA256 Credential=key/") {
        return (StatusCode::FORBIDDEN, "<Error><Code>AccessDenied</Code></Error>").into_response();
    }
    let key = uri.path().replace("%20", " ");
    let upload = query.get("uploadId").cloned();
    match (method.as_str(), upload) {
        ("POST", None) if query.contains_key("uploads") => {
            let id = format!("upload-{}", inside.uploads.len() + 1);
            inside.uploads.insert(id.clone(), BTreeMap::new());
            let result = "InitiateMultipartUploadResult";
            format!("<{result}><Bucket>b</Bucket><Key>k</Key><UploadId>{id}</UploadId></{result}>").into_response()
        }
        ("POST", None) => remove_all(&mut inside, &key, &String::from_utf8_lossy(&body)),
        ("PUT", Some(id)) => {
            let number = query["partNumber"].parse().unwrap();
            inside.uploads.get_mut(&id).unwrap().insert(number, body);
            [(header::ETAG, format!("\"{number}\""))].into_response()
        }
        ("POST", Some(id)) => {
            let parts = inside.uploads.remove(&id).unwrap();
            inside.objects.insert(key, parts.into_values().flatten().collect());
            let result = "CompleteMultipartUploadResult";
            format!("<{result}><Location>l</Location><Bucket>b</Bucket><Key>k</Key><ETag>e</ETag></{result}>")
                .into_response()
        }
        ("DELETE", Some(id)) => {
            inside.uploads.remove(&id);
            StatusCode::NO_CONTENT.into_response()
        }
        ("PUT", None) => {
            inside.objects.insert(key, body);
            [(header::ETAG, "\"e\"")].into_response()
        }
        ("DELETE", None) => {
            inside.objects.remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        ("GET", _) => get(&inside, &key, &headers),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn remove_all(inside: &mut Inside, bucket: &str, body: &str) -> Response {
    let mut deleted = String::new();
    for rest in body.split("<Key>").skip(1) {
        let key = rest.split("</Key>").next().unwrap();
        inside.objects.remove(&format!("{}/{key}", bucket.trim_end_matches('/')));
        deleted += &format!("<Deleted><Key>{key}</Key></Deleted>");
    }
    format!("<DeleteResult>{deleted}</DeleteResult>").into_response()
}

fn get(inside: &Inside, key: &str, headers: &HeaderMap) -> Response {
    let Some(bytes) = inside.objects.get(key) else {
        return (StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>").into_response();
    };
    let common = [(header::ETAG, "\"e\""), (header::LAST_MODIFIED, "Tue, 15 Nov 1994 08:12:31 GMT")];
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes="));
    let Some((from, to)) = range.and_then(|range| range.split_once('-')) else {
        return (common, bytes.clone()).into_response();
    };
    let (from, to) = (from.parse::<usize>().unwrap(), to.parse::<usize>().unwrap().min(bytes.len() - 1));
    let shown = format!("bytes {from}-{to}/{}", bytes.len());
    (StatusCode::PARTIAL_CONTENT, common, [(header::CONTENT_RANGE, shown)], bytes.slice(from..=to)).into_response()
}
