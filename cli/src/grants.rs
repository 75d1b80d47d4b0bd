//! From the options (and a manifest) about what a program may use to the configuration that is compiled into it.
//!
//! Each item of a manifest is parsed by the option's own parser, so that both say the same.

use std::collections::HashSet;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;

use toml::{Table, Value};
use wative_compiler::abi::{MAX_GRANTS, MAX_NET_RULES};
use wative_compiler::options::{Config, Preopen, PreopenKind, Serve};
use wative_compiler::{Error, show};

use crate::args::{Dir, GrantArgs};
use crate::network;
use crate::tree::{Tree, components};

/// The options with those of the manifest in front of them; a single value of the command line replaces the manifest's.
///
/// # Errors
///
/// The manifest cannot be read, or says something that no option says.
pub fn with_manifest(args: &GrantArgs) -> Result<GrantArgs, Error> {
    let mut all = GrantArgs::default();
    if let Some(path) = &args.manifest {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(format!("cannot read: {error}"))
                .in_file(&file)
                .help("--manifest takes a file in TOML")
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        all = parse_manifest(&text, folder).map_err(|reason| {
            Error::new(reason).in_file(&file).help(
                "a manifest has the keys dirs, files, embed-dirs, env, listen, allow-connect, allow-bind, allow-udp, allow-dns (lists of strings), inherit-env, allow-runtime-grants, \
                 no-harden, access-log (true or false), memory-limit, heap-limit and stack-size (such as \"16M\"), workers, max-concurrency, request-timeout, \
                 max-requests, instance-requests, instance-concurrency and instance-idle-timeout (numbers)",
            )
        })?;
    }
    all.dirs.extend(args.dirs.iter().cloned());
    all.files.extend(args.files.iter().cloned());
    all.embed_dirs.extend(args.embed_dirs.iter().cloned());
    all.env.extend(args.env.iter().cloned());
    all.listen.extend(&args.listen);
    all.allow_connect.extend_from_slice(&args.allow_connect);
    all.allow_bind.extend_from_slice(&args.allow_bind);
    all.allow_udp.extend_from_slice(&args.allow_udp);
    all.allow_dns.extend_from_slice(&args.allow_dns);
    all.inherit_env |= args.inherit_env;
    all.allow_runtime_grants |= args.allow_runtime_grants;
    all.no_harden |= args.no_harden;
    all.memory_limit = args.memory_limit.or(all.memory_limit);
    all.heap_limit = args.heap_limit.or(all.heap_limit);
    all.gc_stats |= args.gc_stats;
    all.gc_stress |= args.gc_stress;
    all.stack_size = args.stack_size.or(all.stack_size);
    all.workers = args.workers.or(all.workers);
    all.max_concurrency = args.max_concurrency.or(all.max_concurrency);
    all.request_timeout = args.request_timeout.or(all.request_timeout);
    all.max_requests = args.max_requests.or(all.max_requests);
    all.access_log |= args.access_log;
    all.instance_requests = args.instance_requests.or(all.instance_requests);
    all.instance_concurrency = args.instance_concurrency.or(all.instance_concurrency);
    all.instance_idle_timeout = args.instance_idle_timeout.or(all.instance_idle_timeout);
    Ok(all)
}

/// Reads a manifest that lies in `folder`.
fn parse_manifest(text: &str, folder: &Path) -> Result<GrantArgs, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let table = text.parse::<Table>().map_err(|error| error.to_string())?;
    let mut args = GrantArgs::default();
    for (key, value) in &table {
        match key.as_str() {
            "dirs" => args.dirs = list(key, value)?,
            "files" => args.files = list(key, value)?,
            "embed-dirs" => {
                args.embed_dirs = list(key, value)?;
                for embed in &mut args.embed_dirs {
                    embed.dir = folder.join(&embed.dir);
                }
            }
            "env" => args.env = list(key, value)?,
            "listen" => args.listen = list(key, value)?,
            "allow-connect" => args.allow_connect = list(key, value)?,
            "allow-bind" => args.allow_bind = list(key, value)?,
            "allow-udp" => args.allow_udp = list(key, value)?,
            "allow-dns" => args.allow_dns = list(key, value)?,
            "inherit-env" => args.inherit_env = flag(key, value)?,
            "allow-runtime-grants" => args.allow_runtime_grants = flag(key, value)?,
            "no-harden" => args.no_harden = flag(key, value)?,
            "memory-limit" => args.memory_limit = Some(size(key, value)?),
            "heap-limit" => args.heap_limit = Some(size(key, value)?),
            "gc-stats" => args.gc_stats = flag(key, value)?,
            "stack-size" => args.stack_size = Some(size(key, value)?),
            "workers" => args.workers = Some(count(key, value)?),
            "max-concurrency" => args.max_concurrency = Some(count(key, value)?),
            "request-timeout" => args.request_timeout = Some(count(key, value)?),
            "max-requests" => args.max_requests = Some(count(key, value)?),
            "instance-requests" => args.instance_requests = Some(count(key, value)?),
            "instance-concurrency" => args.instance_concurrency = Some(count(key, value)?),
            "instance-idle-timeout" => args.instance_idle_timeout = Some(count(key, value)?),
            "access-log" => args.access_log = flag(key, value)?,
            _ => return Err(format!("unknown key `{}`", show::name(key))),
        }
    }
    Ok(args)
}

fn list<T: FromStr<Err: Display>>(key: &str, value: &Value) -> Result<Vec<T>, String> {
    let items = value
        .as_array()
        .ok_or_else(|| format!("`{key}` must be a list of strings"))?;
    items.iter().map(|item| one(key, item)).collect()
}

fn one<T: FromStr<Err: Display>>(key: &str, value: &Value) -> Result<T, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("`{key}` must hold strings"))?;
    text.parse()
        .map_err(|error| format!("`{key}`: `{}`: {error}", show::name(text)))
}

fn flag(key: &str, value: &Value) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| format!("`{key}` must be true or false"))
}

/// A number from 1 on.
fn count<T: TryFrom<i64>>(key: &str, value: &Value) -> Result<T, String> {
    let number = value.as_integer().filter(|number| *number > 0);
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| format!("`{key}` must be a number from 1 on"))
}

/// A size is a number of bytes or text as for the option.
fn size<T: FromStr<Err: Display>>(key: &str, value: &Value) -> Result<T, String> {
    match value {
        Value::Integer(number) => one(key, &Value::String(number.to_string())),
        _ => one(key, value),
    }
}

/// The configuration for these options.
///
/// # Errors
///
/// Folders to embed that cannot be read; names for the program that make no sense.
pub fn config(args: &GrantArgs) -> Result<Config, Error> {
    let mut preopens = Vec::new();
    for address in &args.listen {
        preopens.push(Preopen {
            kind: PreopenKind::Listen,
            host: socket_address(address),
            guest: address.to_string(),
            read_only: false,
        });
    }
    for dir in &args.dirs {
        preopens.push(Preopen {
            read_only: dir.read_only,
            ..Preopen::directory(dir.host.as_str(), dir.guest.as_str())
        });
    }
    for (number, (guest, tree)) in trees(args)?.into_iter().enumerate() {
        preopens.push(Preopen {
            kind: PreopenKind::Tree,
            read_only: !tree.can_write(),
            host: tree.bytes(number as u64 + 1),
            guest,
        });
    }
    check_start(args, &preopens)?;
    if let Some(bad) = preopens
        .iter()
        .find(|p| p.guest.contains('\0') || p.kind == PreopenKind::Directory && p.host.contains(&0))
    {
        let reason = format!("`{}` holds a null character", show::name(&bad.guest));
        return Err(Error::new(reason).help("no path can hold one"));
    }
    let mut env: Vec<String> = args.env.iter().map(|variable| variable.0.clone()).collect();
    let tells_sockets = |variable: &String| variable.split('=').next() == Some("LISTEN_FDS");
    if !args.listen.is_empty() && !env.iter().any(tells_sockets) {
        env.push(format!("LISTEN_FDS={}", args.listen.len()));
    }
    let network = network::rules(
        &args.allow_connect,
        &args.allow_bind,
        &args.allow_udp,
        &args.allow_dns,
    );
    if network.len() > MAX_NET_RULES {
        let reason = format!(
            "too many rules about the network: {}, and {MAX_NET_RULES} is the limit",
            network.len()
        );
        return Err(
            Error::new(reason).help("use prefixes (10.0.0.0/8) and ranges of ports (80-90)")
        );
    }
    Ok(Config {
        preopens,
        env,
        inherit_env: args.inherit_env,
        runtime_grants: args.allow_runtime_grants,
        stack_size: args.stack_size.map_or(0, |size| size.0),
        memory_limit: args.memory_limit.map_or(0, |limit| limit.0),
        heap_limit: args.heap_limit.map_or(0, |limit| limit.0),
        gc_stress: args.gc_stress,
        gc_stats: args.gc_stats,
        no_harden: args.no_harden,
        network,
        serve: Serve {
            workers: args.workers.unwrap_or(0),
            max_concurrency: args.max_concurrency.unwrap_or(0),
            request_timeout: args.request_timeout.unwrap_or(0),
            max_requests: args.max_requests.unwrap_or(0),
            access_log: args.access_log.into(),
            instance_requests: args.instance_requests.unwrap_or(0),
            instance_concurrency: args.instance_concurrency.unwrap_or(0),
            instance_idle_timeout: args.instance_idle_timeout.unwrap_or(0),
        },
    })
}

/// Longest path that the kernel takes, in bytes.
const MAX_PATH: usize = 4095;

/// Refuses grants that could not be made when the program is started.
fn check_start(args: &GrantArgs, preopens: &[Preopen]) -> Result<(), Error> {
    let descriptors = preopens.len() + 2 * args.files.len();
    if descriptors > MAX_GRANTS {
        let reason = format!(
            "too many grants: to start, the program would need {descriptors} descriptors for them, and {MAX_GRANTS} is the limit"
        );
        return Err(Error::new(reason).help(
            "a directory, a socket and a folder to embed take one each, a file takes two: grant the directories above them",
        ));
    }
    let mut hosts = args.dirs.iter().chain(&args.files).map(|dir| &dir.host);
    if let Some(path) = hosts.find(|path| path.len() > MAX_PATH) {
        let reason = format!(
            "a path has {} bytes, and {MAX_PATH} is the limit",
            path.len()
        );
        return Err(Error::new(reason).help("grant a directory above it"));
    }
    let mut seen = HashSet::new();
    let twice = |address: &&SocketAddr| address.port() != 0 && !seen.insert(**address);
    match args.listen.iter().find(twice) {
        Some(address) => Err(Error::new(format!("--listen {address} is given twice"))
            .help("only one socket can listen on an address")),
        None => Ok(()),
    }
}

/// The trees, with their names for the program: one for each folder to embed, and one for each directory that has single files but
/// is no such folder.
fn trees(args: &GrantArgs) -> Result<Vec<(String, Tree)>, Error> {
    let mut trees: Vec<(String, Tree)> = Vec::new();
    for embed in &args.embed_dirs {
        let tree = Tree::of_directory(&embed.dir).map_err(|error| {
            Error::new(format!("cannot embed: {error}"))
                .in_file(&embed.dir.display().to_string())
                .help("--embed-dir takes a folder of readable files")
        })?;
        trees.push((embed.guest.clone(), tree));
    }
    for file in &args.files {
        insert_file(&mut trees, file).ok_or_else(|| {
            Error::new(format!(
                "`{}` cannot be the name of a file",
                show::name(&file.guest)
            ))
            .help("--file takes HOST::GUEST, and GUEST must not lie below another file")
        })?;
    }
    Ok(trees)
}

fn insert_file(trees: &mut Vec<(String, Tree)>, file: &Dir) -> Option<()> {
    if file.host.contains('\0') || file.host.ends_with('/') {
        return None;
    }
    let path = components(&file.guest)?;
    let absolute = file.guest.starts_with('/');
    let beneath = |guest: &str| {
        let prefix = components(guest)?;
        let same_root = guest.starts_with('/') == absolute;
        (same_root && path.starts_with(&prefix)).then_some(prefix.len())
    };
    let found = trees
        .iter_mut()
        .find_map(|(guest, tree)| Some((beneath(guest)?, tree)));
    if let Some((depth, tree)) = found {
        return tree.insert_host_file(path.get(depth..)?, &file.host, file.read_only);
    }
    let (name, parent) = path.split_last()?;
    let mut tree = Tree::default();
    tree.insert_host_file(&[name], &file.host, file.read_only)?;
    let guest = match (absolute, parent.is_empty()) {
        (true, _) => format!("/{}", parent.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parent.join("/"),
    };
    trees.push((guest, tree));
    Some(())
}

/// `sockaddr_in` or `sockaddr_in6`: the family in the machine's order, the port in the network's.
fn socket_address(address: &SocketAddr) -> Vec<u8> {
    const AF_INET: u16 = 2;
    const AF_INET6: u16 = 10;
    let mut bytes = Vec::new();
    match address {
        SocketAddr::V4(v4) => {
            bytes.extend(AF_INET.to_le_bytes());
            bytes.extend(v4.port().to_be_bytes());
            bytes.extend(v4.ip().octets());
            bytes.extend([0; 8]);
        }
        SocketAddr::V6(v6) => {
            bytes.extend(AF_INET6.to_le_bytes());
            bytes.extend(v6.port().to_be_bytes());
            bytes.extend(v6.flowinfo().to_be_bytes());
            bytes.extend(v6.ip().octets());
            bytes.extend(v6.scope_id().to_le_bytes());
        }
    }
    bytes
}

/// The address in the form of [`socket_address`] as text.
pub fn show_address(bytes: &[u8]) -> Option<String> {
    let port = u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?);
    let address: SocketAddr = match bytes.len() {
        16 => {
            let octets: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
            (octets, port).into()
        }
        28 => {
            let octets: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
            (octets, port).into()
        }
        _ => return None,
    };
    Some(address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::MemoryLimit;

    #[test]
    fn manifests_say_what_options_say() {
        let text = r#"
            # What the program may use.
            dirs = ["data", "/srv::/www:ro"]
            embed-dirs = ["lib::/lib"]
            env = ["LANG=C", "HOME"]
            listen = ["[::1]:80"]
            allow-connect = ["a.example:443", "10.0.0.0/8"]
            allow-bind = ["[::]:0"]
            allow-udp = ["any:53"]
            allow-dns = ["b.example"]
            inherit-env = true
            memory-limit = "1M"
            stack-size = 131072
        "#;
        let args = parse_manifest(text, Path::new("/there")).unwrap();
        assert_eq!(
            args.dirs,
            ["data".parse().unwrap(), "/srv::/www:ro".parse().unwrap()]
        );
        assert_eq!(args.embed_dirs[0].dir, Path::new("/there/lib"));
        assert_eq!((args.env.len(), args.listen[0].port()), (2, 80));
        let config = config(&GrantArgs {
            embed_dirs: Vec::new(),
            ..parse_manifest(text, Path::new("")).unwrap()
        });
        // One address of each family is any.
        assert_eq!(config.unwrap().network.len(), 6);
        assert_eq!(args.memory_limit, Some(MemoryLimit(1 << 20)));
        assert_eq!(args.stack_size.unwrap().0, 131_072);
        assert!(args.inherit_env && !args.no_harden);
        for (bad, part) in [
            ("dir = []", "unknown key `dir`"),
            ("dirs = \"x\"", "list of strings"),
            ("dirs = [1]", "strings"),
            ("env = [\"=x\"]", "NAME"),
            ("inherit-env = 1", "true or false"),
            ("allow-connect = [\"*:80\"]", "expected an address"),
            ("allow-bind = [\"localhost:80\"]", "no name"),
            ("allow-dns = true", "list of strings"),
            ("memory-limit = \"1\"", "64K"),
            ("dirs = [", ""),
        ] {
            let error = parse_manifest(bad, Path::new("")).unwrap_err();
            assert!(error.contains(part), "{bad}: {error}");
        }
    }

    #[test]
    fn single_files_share_the_tree_of_their_directory() {
        let of = |files: &[&str]| {
            let args = GrantArgs {
                files: files.iter().map(|f| f.parse().unwrap()).collect(),
                ..GrantArgs::default()
            };
            trees(&args).map(|all| all.into_iter().map(|(guest, _)| guest).collect::<Vec<_>>())
        };
        assert_eq!(of(&["/etc/hosts", "x::/etc/passwd:ro"]).unwrap(), ["/etc"]);
        assert_eq!(of(&["a.txt", "x::b/c.txt", "y::/d"]).unwrap(), [".", "/"]);
        for bad in ["x::..", "x::/", "dir/", "x::a/../b"] {
            assert!(of(&[bad]).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_are_the_kernels() {
        let v4 = socket_address(&"127.0.0.1:258".parse().unwrap());
        assert_eq!(&v4[..8], [2, 0, 1, 2, 127, 0, 0, 1]);
        assert_eq!(show_address(&v4).unwrap(), "127.0.0.1:258");
        let v6 = socket_address(&"[::1]:80".parse().unwrap());
        assert_eq!((v6.len(), v6[0], v6[23]), (28, 10, 1));
        assert_eq!(show_address(&v6).unwrap(), "[::1]:80");
    }
}
