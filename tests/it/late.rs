//! Access that ends while a form is on its way decides nothing any more (SS4).

use easylink::web::feature::StaffRole;
use easylink::web::roles;

use crate::support::form::FormInPage;
use crate::support::portal::Portal;
use crate::support::waiting::until_others_wait;

/// Sends `form` of an admin whose role another transaction takes before the form's own change, and answers the status.
async fn sent_too_late(portal: &Portal, boss: &mut crate::support::entered::Entered, form: &FormInPage) -> u16 {
    let person = boss.person_id;
    let (tell, told) = tokio::sync::oneshot::channel();
    let taking = portal.write(move |conn| {
        roles::hold(conn, StaffRole::Admin).unwrap();
        tell.send(()).unwrap();
        until_others_wait(conn, 1);
        roles::take(conn, person, StaffRole::Admin).unwrap();
    });
    let sending = async {
        told.await.unwrap();
        boss.posts(form).await.status
    };
    futures_util::future::join(taking, sending).await.1
}

on_both!(
    async fn an_admin_whose_role_ends_meanwhile_decides_nothing(portal) {
        let mut kim = portal.employs("Kim", &[StaffRole::Admin]).await;
        portal.employs("Ana", &[StaffRole::Support]).await;
        let ana = kim.gets("/staff/people").await.link("Ana");
        let page = kim.gets("/staff/people/new").await.form("/staff/people");
        let page = kim.posts(&page.with("address", "eve@staff.example.com").with_all("roles", &["finance"])).await;
        let proposal = page.header("location").unwrap().to_string();
        let forms = [
            (proposal.clone(), format!("{proposal}/approval")),
            (proposal.clone(), format!("{proposal}/rejection")),
            ("/staff/people/new".into(), "/staff/people".into()),
            (ana.clone(), format!("{ana}/roles")),
            (ana.clone(), format!("{ana}/activation")),
            (ana.clone(), format!("{ana}/sessions")),
            (format!("{ana}/closure"), format!("{ana}/closure")),
        ];
        for (nth, (on, action)) in forms.into_iter().enumerate() {
            let name: &'static str = ["Bo", "Cy", "Di", "Ed", "Fay", "Gus", "Hal"][nth];
            let mut boss = portal.employs(name, &[StaffRole::Admin]).await;
            let mut form = boss.gets(&on).await.form(&action);
            if action == "/staff/people" {
                form = form.with("address", "new@staff.example.com").with_all("roles", &["support"]);
            } else if form.has("roles") {
                form = form.with_all("roles", &["editor"]);
            }
            let before = portal.digest().await;
            assert_eq!(sent_too_late(&portal, &mut boss, &form).await, 403, "{action}");
            let changed = crate::support::digest::differing(&before, &portal.digest().await);
            let meant = ["staff_roles", "sessions", "limits"];
            assert!(changed.iter().all(|table| meant.iter().any(|one| table.contains(one))), "{action}: {changed:?}");
        }
        let list = kim.gets("/staff/people").await.text();
        assert!(list.contains("Waiting for a second admin"), "{list}");
        let page = kim.gets(&ana).await.text();
        assert!(page.contains("Support") && !page.contains("Editor, "), "{page}");
    }
);
