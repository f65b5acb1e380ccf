//! The contract between Azeer's services and their clients, generated from `proto/azeer/**`.
//! The meaning of each message and field is told in the `.proto` files. No logic lives here.

/// What the packages share.
pub mod common {
    /// `azeer.common.v1`
    #[allow(clippy::all, clippy::pedantic, reason = "generated")]
    pub mod v1 {
        tonic::include_proto!("azeer.common.v1");
    }
}

/// The conversation-state service.
pub mod conversation {
    /// `azeer.conversation.v1`
    #[allow(clippy::all, clippy::pedantic, reason = "generated")]
    pub mod v1 {
        tonic::include_proto!("azeer.conversation.v1");

        /// The package with all its imports, encoded: what the reflection service serves.
        pub const FILE_DESCRIPTOR_SET: &[u8] =
            include_bytes!(concat!(env!("OUT_DIR"), "/conversation.bin"));
    }
}

/// The messaging-policy service.
pub mod policy {
    /// `azeer.policy.v1`
    #[allow(clippy::all, clippy::pedantic, reason = "generated")]
    pub mod v1 {
        tonic::include_proto!("azeer.policy.v1");

        /// The package with all its imports, encoded: what the reflection service serves.
        pub const FILE_DESCRIPTOR_SET: &[u8] =
            include_bytes!(concat!(env!("OUT_DIR"), "/policy.bin"));
    }
}
