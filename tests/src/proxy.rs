//! A small TCP proxy that loses, cuts or holds up what goes through it, as networks do.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::service::any_port;

/// What becomes of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They arrive.
    Pass,
    /// They are held until they may pass: of connections there are, and of new ones.
    Stall,
    /// They are read, and never arrive.
    Lose,
    /// What is asked arrives, and instead of an answer the end of the stream.
    HalfClose,
    /// All connections end; new ones are ended as soon as they are there.
    Cut,
}

/// A proxy before one or more addresses, which take connections in turn.
pub struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    _listening: JoinSet<()>,
}

impl Proxy {
    /// Starts one that lets everything pass.
    pub async fn start(upstreams: &[SocketAddr]) -> Self {
        let listener = TcpListener::bind(any_port()).await.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let (mode, seen) = watch::channel(Mode::Pass);
        let mut listening = JoinSet::new();
        listening.spawn(listen(listener, upstreams.to_vec(), seen));
        Self { address, mode, _listening: listening }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What becomes of every byte that is sent from now on.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

async fn listen(listener: TcpListener, upstreams: Vec<SocketAddr>, mode: watch::Receiver<Mode>) {
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let upstream = upstreams[next.fetch_add(1, Ordering::Relaxed) % upstreams.len()];
        connections.spawn(connect(client, upstream, mode.clone()));
    }
}

/// One connection, until either side or the mode ends it.
async fn connect(client: TcpStream, upstream: SocketAddr, mut mode: watch::Receiver<Mode>) {
    let (there, back) = (mode.clone(), mode.clone());
    let both = async {
        let server = TcpStream::connect(upstream).await?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
        }
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::try_join!(
            pump(from_client, to_server, there, false),
            pump(from_server, to_client, back, true),
        )
    };
    // Dropping what is left closes it.
    tokio::select! {
        _ = both => {}
        _ = mode.wait_for(|mode| *mode == Mode::Cut) => {}
    }
}

/// Moves bytes one way.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut mode: watch::Receiver<Mode>,
    is_answer: bool,
) -> io::Result<()> {
    let mut bytes = [0; 16 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut bytes) => Some(read?),
            _ = mode.wait_for(|mode| is_answer && *mode == Mode::HalfClose) => None,
        };
        let Some(read) = read else {
            to.shutdown().await?;
            // The other way goes on.
            return std::future::pending().await;
        };
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let becomes = mode.wait_for(|mode| *mode != Mode::Stall).await.map(|mode| *mode);
        match becomes {
            Ok(Mode::Pass) => to.write_all(&bytes[..read]).await?,
            Ok(Mode::HalfClose) if !is_answer => to.write_all(&bytes[..read]).await?,
            Ok(_) => {}
            Err(_) => return Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}
