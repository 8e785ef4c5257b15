//! What the letters say.

use secrecy::ExposeSecret;

use super::Letter;
use crate::accounts::Link;

/// Of an invitation to a workspace.
pub(crate) fn invitation(email: &str, workspace: &str, link: &Link) -> Letter {
    let text = format!(
        "Hello,\n\n\
         you are invited to the workspace \"{workspace}\" on Jina Connect, where a team answers its customers.\n\n\
         Join by this link within a week:\n{}\n\n\
         If you don't know what this is about, leave the link alone: nothing happens then.\n",
        link.url.expose_secret()
    );
    letter(email, format!("Your invitation to {workspace}"), text, link)
}

/// Of a link that sets a new password.
pub(crate) fn new_password(email: &str, link: &Link) -> Letter {
    let text = format!(
        "Hello,\n\n\
         somebody asked for a new password for your account on Jina Connect.\n\n\
         Set one by this link within a day:\n{}\n\n\
         If it was not you, leave the link alone: your password stays as it is.\n",
        link.url.expose_secret()
    );
    letter(email, "A new password for Jina Connect".to_owned(), text, link)
}

fn letter(email: &str, subject: String, text: String, link: &Link) -> Letter {
    Letter { recipient: email.to_owned(), subject, text: text.into(), expires_at: link.expires_at }
}
