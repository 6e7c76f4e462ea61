use std::process::Command;

fn run(name: &str, client: Builder, connection: Connection) {
    // ruleid: rust-certificate-check-off
    client.danger_accept_invalid_certs(true);
    // ok: rust-certificate-check-off
    client.danger_accept_invalid_certs(false);
    // ruleid: rust-shell-command-dynamic
    Command::new("sh").arg("-c").arg(name);
    // ok: rust-shell-command-dynamic
    Command::new("ls").arg(name);
    // ruleid: rust-sql-format
    connection.execute(&format!("DELETE FROM users WHERE name = '{}'", name), []);
    // ok: rust-sql-format
    connection.execute("DELETE FROM users WHERE name = ?1", [name]);
    // ruleid: rust-weak-hash
    md5::compute(name);
    // ok: rust-weak-hash
    Sha256::digest(name);
}
