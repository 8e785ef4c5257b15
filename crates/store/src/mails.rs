//! Letters that are owed. Claims are leases: a letter whose node died is simply due again.

use model::{Id, Ids, Mail, Result, Timestamp};
use secrecy::SecretString;

use crate::{Cipher, args, db::Tx, wake};

crate::statements! {
    INSERT = "mail.insert", "INSERT INTO mail (id, recipient, subject, text, attempts, due_at, expires_at)
        VALUES ($1, $2, $3, $4, 0, $5, $6)";
    NEXT_DUE = "mail.next_due", "SELECT MIN(due_at) FROM mail";
    hot CLAIM = "mail.claim", "UPDATE mail SET due_at = $1, attempts = mail.attempts + 1
        FROM (SELECT id FROM mail WHERE due_at <= $2 ORDER BY due_at LIMIT $3 {skip_locked}) AS due
        WHERE mail.id = due.id
        RETURNING mail.id, mail.recipient, mail.subject, mail.text, mail.attempts, mail.expires_at";
    hot PUT_OFF = "mail.put_off", "UPDATE mail SET due_at = $1 WHERE id = $2 AND attempts = $3";
    hot REMOVE = "mail.remove", "DELETE FROM mail WHERE id = $1";
}

/// What the text is encrypted for, beside the letter's id.
pub const TEXT: &str = "mail-text";

/// A letter as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    pub id: Id<Mail>,
    pub recipient: String,
    pub subject: String,
    /// Sealed.
    pub text: Vec<u8>,
    /// With the one that is under way.
    pub attempts: i64,
    pub expires_at: Timestamp,
}

/// Seals the text of a letter.
pub fn seal_text(cipher: &Cipher, ids: &dyn Ids, id: Id<Mail>, text: &SecretString) -> Result<Vec<u8>> {
    cipher.seal(ids, TEXT, id, text)
}

/// The text of a letter.
pub fn open_text(cipher: &Cipher, mail: &MailRow) -> Result<SecretString> {
    cipher.open(TEXT, mail.id, &mail.text)
}

/// Owes a letter, from now on.
pub fn insert(tx: &mut Tx, mail: &MailRow, now: Timestamp) -> Result<()> {
    tx.execute(INSERT, &args![mail.id, &mail.recipient, &mail.subject, &mail.text, now, mail.expires_at])?;
    tx.notify(wake::MAIL, "")
}

/// When the next letter is due.
pub fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    tx.query_one(NEXT_DUE, &[], |row| row.get(0))
}

/// Leases up to `limit` letters that are due.
pub fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<MailRow>> {
    tx.query(CLAIM, &args![until, now, limit], |row| {
        Ok(MailRow {
            id: row.get(0)?,
            recipient: row.get(1)?,
            subject: row.get(2)?,
            text: row.get(3)?,
            attempts: row.get(4)?,
            expires_at: row.get(5)?,
        })
    })
}

/// Tries a letter again at `at`, unless somebody else has it meanwhile.
pub fn put_off(tx: &mut Tx, mail: &MailRow, at: Timestamp) -> Result<()> {
    tx.execute(PUT_OFF, &args![at, mail.id, mail.attempts])?;
    Ok(())
}

/// The letter is sent, or given up.
pub fn remove(tx: &mut Tx, id: Id<Mail>) -> Result<()> {
    tx.execute(REMOVE, &args![id])?;
    Ok(())
}
