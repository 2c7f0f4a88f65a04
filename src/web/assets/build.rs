//! Makes the static files ready for the binary: each gets a hash of its content in its name and is compressed once,
//! here, so that starting costs nothing. For the same reason the digests of the migrations are made here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

#[allow(clippy::disallowed_methods, reason = "cargo tells a build script its folder so")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=static");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=src/web/assets/build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut list = String::from("/// Every static file.\nstatic FILES: &[File] = &[\n");
    let mut names = String::new();
    let mut files: Vec<PathBuf> =
        fs::read_dir("static")?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.sort();
    for path in files.iter().filter(|path| path.is_file()) {
        println!("cargo:rerun-if-changed={}", path.display());
        let plain = fs::read(path)?;
        let stem = path.file_stem().and_then(|s| s.to_str()).ok_or("a file without name")?;
        let ending = path.extension().and_then(|s| s.to_str()).ok_or("a file without ending")?;
        let hash = hex(&Sha256::digest(&plain)[..6]);
        let hashed = format!("{stem}-{hash}.{ending}");
        let media = match ending {
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml; charset=utf-8",
            "woff2" => "font/woff2",
            "png" => "image/png",
            _ => return Err(format!("no media type for .{ending}").into()),
        };
        let (plain, gzip, brotli) = write_all(&out, &hashed, &plain)?;
        writeln!(
            list,
            "    File {{ name: {hashed:?}, media: {media:?}, plain: include_bytes!(r\"{}\"), gzip: include_bytes!(r\"{}\"), brotli: include_bytes!(r\"{}\") }},",
            plain.display(),
            gzip.display(),
            brotli.display()
        )?;
        let constant = match stem {
            "style" => Some("STYLE"),
            "icons" => Some("ICONS"),
            "favicon" => Some("FAVICON"),
            _ => None,
        };
        if let Some(constant) = constant {
            writeln!(
                names,
                "/// Where `{stem}.{ending}` is served.\npub const {constant}: &str = \"/static/{hashed}\";"
            )?;
        }
    }
    list.push_str("];\n");
    fs::write(out.join("assets.rs"), format!("{list}\n{names}"))?;
    fs::write(out.join("digests.rs"), digests("SQLITE")? + &digests("POSTGRESQL")?)?;
    Ok(())
}

/// The digest of each migration of one engine, under its name.
fn digests(engine: &str) -> Result<String, Box<dyn std::error::Error>> {
    let mut text = format!("const {engine}_DIGESTS: &[(&str, &str)] = &[\n");
    let folder = Path::new("migrations").join(engine.to_lowercase());
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    folders.sort();
    for migration in folders.iter().filter(|path| path.is_dir()) {
        let name = migration.file_name().and_then(|name| name.to_str()).ok_or("a migration without name")?;
        writeln!(text, "    ({name:?}, {:?}),", hex(&Sha256::digest(fs::read(migration.join("up.sql"))?)))?;
    }
    Ok(text + "];\n")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn write_all(out: &Path, name: &str, plain: &[u8]) -> Result<(PathBuf, PathBuf, PathBuf), Box<dyn std::error::Error>> {
    let at = |ending: &str| out.join(format!("{name}{ending}"));
    fs::write(at(".plain"), plain)?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(plain)?;
    fs::write(at(".gz"), gzip.finish()?)?;
    let mut brotli = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut brotli, &brotli::enc::BrotliEncoderParams::default())?;
    fs::write(at(".br"), brotli)?;
    Ok((at(".plain"), at(".gz"), at(".br")))
}
