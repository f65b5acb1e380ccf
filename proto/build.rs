//! Compiles the `.proto` files with protox, so that no `protoc` is needed.

use prost::Message as _;

/// Each package's services, under the name of its descriptors' file.
const PACKAGES: [(&str, &[&str]); 2] = [
    (
        "conversation",
        &[
            "azeer/conversation/v1/channel_service.proto",
            "azeer/conversation/v1/conversation_service.proto",
        ],
    ),
    (
        "policy",
        &[
            "azeer/policy/v1/messaging_policy_service.proto",
            "azeer/policy/v1/policy_admin_service.proto",
            "azeer/policy/v1/template_service.proto",
        ],
    ),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=azeer");
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR")?);
    for (name, services) in PACKAGES {
        // What a service's reflection tells: its own package, and what that imports.
        let descriptors = protox::compile(services, ["."])?;
        std::fs::write(out.join(format!("{name}.bin")), descriptors.encode_to_vec())?;
    }
    let services = PACKAGES.iter().flat_map(|(_, services)| *services);
    let descriptors = protox::compile(services, ["."])?;
    tonic_build::configure()
        // Ordered maps: the same message always has the same bytes, which request ids rely on.
        .btree_map(".")
        .compile_fds(descriptors)?;
    Ok(())
}
