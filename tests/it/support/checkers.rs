//! The Nu Html Checker, kept warm by the test run.

use super::given::{given, loopback};

/// The errors the checker finds in a page, each with its line and what stands there; warnings are left out.
pub async fn vnu(html: &str) -> Vec<String> {
    let answer = loopback()
        .post(format!("{}/?out=json", given("EASYLINK_TEST_VNU")))
        .header("content-type", "text/html; charset=utf-8")
        .body(html.to_owned())
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let messages = answer["messages"].as_array().unwrap();
    messages
        .iter()
        .filter(|message| message["type"] != "info")
        .map(|message| {
            let text = message["message"].as_str().unwrap_or("no reason given");
            let extract = message["extract"].as_str().unwrap_or_default().replace('\n', " ");
            format!("line {}: {text} — {extract}", message["lastLine"])
        })
        .collect()
}

#[tokio::test]
async fn a_broken_page_is_told_from_a_sound_one() {
    let sound = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>T</title></head><body><h1>Ü</h1></body></html>";
    assert_eq!(vnu(sound).await, Vec::<String>::new());
    let errors = vnu(&sound.replace("<h1>", "<h1><img src=\"x\">")).await;
    assert!(errors.len() == 1 && errors[0].contains("alt"), "{errors:?}");
}
