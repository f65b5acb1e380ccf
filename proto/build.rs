//! Compiles the `.proto` files with protox, so that no `protoc` is needed.

use prost::Message as _;

const PROTOS: &[&str] = &[
    "azeer/conversation/v1/channel_service.proto",
    "azeer/conversation/v1/conversation_service.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=azeer");
    let descriptors = protox::compile(PROTOS, ["."])?;
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("conversation.bin"), descriptors.encode_to_vec())?;
    tonic_build::configure()
        // Ordered maps: the same message always has the same bytes, which request ids rely on.
        .btree_map(".")
        .compile_fds(descriptors)?;
    Ok(())
}
