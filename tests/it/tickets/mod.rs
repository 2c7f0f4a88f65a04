//! Work orders: opening, the conversation, files, and the desk of support.

mod conversation;
mod desk;
mod files;
mod opening;
mod plans;

use easylink::web::feature::StaffRole;

use crate::support::entered::Entered;
use crate::support::form::FormInPage;
use crate::support::page::Page;
use crate::support::portal::Portal;

/// A picture of these many pixels a side.
pub fn png(side: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(side, side, |x, y| {
        image::Rgb([x, y, 90].map(|part| u8::try_from(part % 256).unwrap()))
    });
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A document with this many bytes behind its header.
pub fn pdf(more: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((b'a'..=b'z').cycle().take(more));
    bytes
}

/// The form of a new work order, filled in.
pub async fn filled(customer: &mut Entered, subject: &str) -> FormInPage {
    customer.opens("/account/tickets/new").await.form("/account/tickets/new").answered(&[
        ("category", "service"),
        ("urgency", "high"),
        ("subject", subject),
        ("text", "Since noon both disks are slow.\r\n\r\nWe tried to restart."),
        ("contact_name", "Li Ming"),
        ("company", "Cloudy"),
    ])
}

/// A work order that was opened: the page it leads to.
pub async fn opened(customer: &mut Entered, subject: &str) -> Page {
    let form = filled(customer, subject).await;
    let page = customer.submits(&form).await;
    assert_eq!((page.status, page.h1().as_str()), (200, subject), "{}", page.text());
    page
}

/// The public number in a page's address.
pub fn number(page: &Page) -> String {
    page.path().split('?').next().unwrap().rsplit('/').next().unwrap().to_string()
}

/// Somebody of support.
pub async fn ana(portal: &Portal) -> Entered {
    portal.employs("Ana", &[StaffRole::Support]).await
}

/// A reply by whoever stands before the page; answers the page after it.
pub async fn replies(who: &mut Entered, path: &str, text: &str) -> Page {
    let form = who.opens(path).await.form(path).with("text", text);
    let page = who.submits(&form).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

/// Presses a button that has its own form.
pub async fn presses(who: &mut Entered, path: &str, what: &str) -> Page {
    let form = who.opens(path).await.form(&format!("{path}/{what}"));
    who.submits(&form).await
}
