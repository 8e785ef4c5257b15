//! The WhatsApp numbers: whether Meta takes each token, and delivers to our address.

use app::whatsapp::{self, Proof, Webhook};
use futures::{StreamExt, stream};
use model::{Result, Scope, whatsapp::Number};

use super::{Context, Finding, Tenancy, bad, good};

const AREA: &str = "numbers";
/// Numbers that Meta is asked about: with more, the answer would be long in coming.
const ASKED_MAX: usize = 200;
/// Numbers that are asked about at the same time.
const AT_ONCE: usize = 4;

pub async fn all(context: &Context, tenants: &[Tenancy]) -> Result<Vec<Finding>> {
    let (mut findings, mut asked) = (Vec::new(), Vec::new());
    for Tenancy { scope, name } in tenants {
        let (scope, now) = (*scope, context.app.clock.now());
        let found = context.app.db.read(move |tx| store::whatsapp::all(tx, &scope, now)).await?;
        asked.extend(found.into_iter().map(|overview| (scope, name.clone(), overview.number)));
    }
    if asked.len() > ASKED_MAX {
        let words = format!("Numbers: {ASKED_MAX} of {} are looked at here; the rest by number check ID", asked.len());
        findings.push(good(AREA, words));
    }
    let looks = asked.into_iter().take(ASKED_MAX).map(|(scope, tenant, number)| look(context, scope, tenant, number));
    findings.extend(stream::iter(looks).buffered(AT_ONCE).collect::<Vec<_>>().await);
    Ok(findings)
}

async fn look(context: &Context, scope: Scope, tenant: String, number: Number) -> Finding {
    let what = format!("Number {} of {tenant}", number.display_phone_number);
    if !number.bot.is_active {
        return good(AREA, format!("{what}: switched off"));
    }
    match whatsapp::prove(&context.app, &scope, number.bot.id).await {
        Ok(Proof::Good(_)) => {}
        Ok(Proof::Refused { words }) => {
            let advice = "Make a new token of a system user at Meta and set it: PATCH /whatsapp/v1/numbers/{id}/ with access_token.";
            return bad(AREA, format!("{what}: Meta refuses its token: {words}"), advice);
        }
        Err(error) => {
            let advice = "Try again; if it stays so, see that WHATSAPP_API_BASE_URL can be reached from here.";
            return bad(AREA, format!("{what}: {}", error.message()), advice);
        }
    }
    match whatsapp::webhook_info(&context.app, &scope, number.bot.id).await {
        Ok(webhook) => delivered(context, &number, &what, &webhook),
        Err(error) => bad(AREA, format!("{what}: {}", error.message()), "Try again."),
    }
}

fn delivered(context: &Context, number: &Number, what: &str, Webhook { info, .. }: &Webhook) -> Finding {
    let settings = &context.app.settings;
    let ours = settings.number_webhook_url(number.bot.id);
    let leads = info.own_webhook.as_ref().or(info.application_webhook.as_ref());
    match leads {
        // The other address is not shown: it may hold a secret of somebody else's.
        Some(url) if *url != ours && *url != settings.account_webhook_url() => {
            let advice = "A running server mends this by itself within minutes; if it stays so, look at its log, and at the callback \
                address of the app at Meta.";
            bad(AREA, format!("{what}: what it gets is delivered elsewhere, not to {ours}"), advice)
        }
        None => {
            let advice = format!(
                "Set it as the callback of the app at Meta, with the field messages: {}",
                settings.account_webhook_url()
            );
            bad(AREA, format!("{what}: Meta delivers nothing anywhere"), advice)
        }
        Some(_) if info.quality_rating.as_deref() == Some("RED") => {
            let advice = "People block it or report it: send less, and only to who wants it, before Meta restricts it.";
            bad(AREA, format!("{what}: Meta rates its quality RED"), advice)
        }
        Some(_) => match &number.bot.webhook_error {
            Some(words) => {
                bad(AREA, format!("{what}: {words}"), "Try again: POST /whatsapp/v1/numbers/{id}/register_webhook/.")
            }
            None => good(AREA, format!("{what}: Meta takes its token and delivers to us")),
        },
    }
}
