//! Why an item is not acted on. Nothing here decides it; the modules that read items do.

use crate::lenient::Malformed;

/// Why an item of a body is not for the conversation: a fact to count, never an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// A status of a call that was made, or a delivery status that can't be read, and why not.
    Status(Option<Malformed>),
    /// A change of a field that is the policy's alone, of which nothing is read; or that can't be
    /// read, and why not.
    PolicyField(Option<Malformed>),
    /// A change of a field that nothing here reads, perhaps one that the platform added.
    UnknownField,
    /// Something is missing or of another shape than documented.
    Malformed(Malformed),
    /// A notice of the platform in the thread, other than a change of the customer's ids.
    SystemNotice,
    /// An earlier message was edited (`edit`). Not a new message: it opens no window.
    Edit,
    /// An earlier message was deleted for everyone (`revoke`). Not a new message either.
    Deletion,
    /// Written in a group (`group_id`): a thread of its own, shared by several customers, that
    /// opens no window between the business and the one who wrote.
    GroupMessage,
    /// A call that the business made.
    BusinessCall,
    /// The business reacted from its phone app: an emoji is not a reply.
    ReactionEcho,
    /// A change that carries the platform's own `errors` and nothing else.
    Errors,
    /// A change that carries none of what its field may carry.
    Empty,
    /// Past messages and contacts of the business's phone app, sent once when it is connected.
    History,
}

impl Skip {
    /// What is missing or of another shape, where that is why it is skipped.
    #[must_use]
    pub fn malformed(&self) -> Option<&Malformed> {
        match self {
            Self::Malformed(malformed)
            | Self::Status(Some(malformed))
            | Self::PolicyField(Some(malformed)) => Some(malformed),
            _ => None,
        }
    }

    /// The stable name, as clients and metrics of conversation-state see it.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Status(_) => "STATUS",
            Self::PolicyField(_) => "NOT_MINE",
            Self::UnknownField => "UNKNOWN_FIELD",
            Self::Malformed(_) => "MALFORMED",
            Self::SystemNotice => "SYSTEM_NOTICE",
            Self::Edit => "EDIT",
            Self::Deletion => "DELETION",
            Self::GroupMessage => "GROUP_MESSAGE",
            Self::BusinessCall => "BUSINESS_CALL",
            Self::ReactionEcho => "REACTION_ECHO",
            Self::Errors => "ERRORS",
            Self::Empty => "EMPTY",
            Self::History => "HISTORY",
        }
    }
}
