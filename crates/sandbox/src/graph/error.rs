//! Refusals in the Graph API's shape, by code.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

/// A refusal; programs are told to look at `code` only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    pub status: u16,
    pub code: i64,
    pub subcode: Option<i64>,
    pub title: String,
    pub details: Option<String>,
}

pub type Result<T, E = GraphError> = std::result::Result<T, E>;

/// Code, HTTP status, title.
const KNOWN: [(i64, u16, &str); 57] = [
    (0, 401, "AuthException"),
    (1, 500, "An unknown error occurred"),
    (2, 503, "Service temporarily unavailable"),
    (3, 403, "Application does not have the capability to make this API call"),
    (4, 429, "Application request limit reached"),
    (10, 403, "Application does not have permission for this action"),
    (33, 400, "Parameter value is not valid"),
    (100, 400, "Invalid parameter"),
    (190, 401, "Invalid OAuth access token - Cannot parse access token"),
    (200, 403, "Provide valid app ID"),
    (368, 403, "Temporarily blocked for policies violations"),
    (2200, 400, "Callback verification failed"),
    (80007, 429, "Rate limit issues"),
    (130403, 400, "This user is blocked by the business"),
    (130429, 429, "Rate limit hit"),
    (130472, 400, "User's number is part of an experiment"),
    (130497, 403, "Business account is restricted from messaging users in this country"),
    (131000, 500, "Something went wrong"),
    (131005, 403, "Access denied"),
    (131008, 400, "Required parameter is missing"),
    (131009, 400, "Parameter value is not valid"),
    (131016, 503, "Service unavailable"),
    (131021, 400, "Recipient cannot be sender"),
    (131026, 400, "Message undeliverable"),
    (131030, 400, "Recipient phone number not in allowed list"),
    (131031, 403, "Business Account locked"),
    (131037, 400, "Display name approval needed"),
    (131042, 400, "Business eligibility payment issue"),
    (131045, 400, "Incorrect certificate"),
    (131047, 400, "Re-engagement message"),
    (131048, 429, "Spam rate limit hit"),
    (131049, 400, "This message was not delivered to maintain healthy ecosystem engagement"),
    (131050, 400, "User has stopped marketing messages"),
    (131051, 400, "Unsupported message type"),
    (131052, 400, "Media download error"),
    (131053, 400, "Media upload error"),
    (131056, 429, "(Business Account, Consumer Account) pair rate limit hit"),
    (131057, 500, "Account in maintenance mode"),
    (131062, 400, "Business-scoped user ids are not supported for this message"),
    (131064, 429, "Sending limited for template mis-categorisation"),
    (132000, 400, "Number of parameters does not match the expected number of params"),
    (132001, 404, "Template name does not exist in the translation"),
    (132005, 400, "Translated text too long"),
    (132007, 400, "Template content policy violated"),
    (132008, 400, "Parameter value too long"),
    (132012, 400, "Parameter format does not match format in the created template"),
    (132015, 400, "Template is paused"),
    (132016, 400, "Template is disabled"),
    (132068, 400, "Flow is blocked"),
    (132069, 400, "Flow is throttled"),
    (133004, 503, "Server temporarily unavailable"),
    (133005, 400, "Two step verification PIN mismatch"),
    (133006, 400, "Phone number re-verification needed"),
    (133010, 400, "Phone number not registered"),
    (133016, 400, "Account register deregister rate limit exceeded"),
    (134101, 400, "Template is being synchronised"),
    (2_494_100, 500, "Account in maintenance mode"),
];

/// The words for a code that a status or an answer tells.
pub fn title(code: i64) -> &'static str {
    KNOWN.iter().find(|(known, ..)| *known == code).map_or("Something went wrong", |(.., title)| title)
}

impl GraphError {
    pub fn new(code: i64) -> Self {
        let status = KNOWN.iter().find(|(known, ..)| *known == code).map_or(400, |(_, status, _)| *status);
        Self { status, code, subcode: None, title: title(code).to_owned(), details: None }
    }

    pub fn because(code: i64, details: impl Into<String>) -> Self {
        Self { details: Some(details.into()), ..Self::new(code) }
    }

    /// `(#100) …`, what most wrong parameters are.
    pub fn invalid(what: impl Into<String>) -> Self {
        Self { title: what.into(), ..Self::new(100) }
    }

    pub fn missing(parameter: &str) -> Self {
        Self::because(131_008, format!("The parameter {parameter} is required."))
    }

    /// What is said of objects that are absent or not the token's: nobody learns which.
    pub fn no_object(id: &str) -> Self {
        let title = format!(
            "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, \
             or does not support this operation"
        );
        Self { subcode: Some(33), title, ..Self::new(100) }
    }

    /// A template that may not be made so.
    pub fn template(subcode: i64, details: impl Into<String>) -> Self {
        Self { subcode: Some(subcode), ..Self::because(100, details) }
    }

    pub fn body(&self, trace: &str) -> Value {
        let message = match self.code {
            0 | 190 => self.title.clone(),
            code => format!("(#{code}) {}", self.title),
        };
        let mut error = json!({"message": message, "type": "OAuthException", "code": self.code});
        if let Some(details) = &self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
            if let Some(details) = self.details.as_ref().filter(|_| subcode > 1000) {
                error["error_user_title"] = self.title.clone().into();
                error["error_user_msg"] = details.clone().into();
            }
        }
        error["fbtrace_id"] = trace.into();
        json!({"error": error})
    }
}

pub fn respond(status: u16, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
