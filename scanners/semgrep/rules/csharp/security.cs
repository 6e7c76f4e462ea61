using System;

class Example
{
    void Run(string name, DbContext db, HttpClientHandler handler, Process process)
    {
        // ruleid: csharp-sql-built-string
        var a = new SqlCommand("SELECT * FROM users WHERE name = '" + name + "'", connection);
        // ruleid: csharp-sql-built-string
        db.Users.FromSqlRaw($"SELECT * FROM users WHERE name = '{name}'");
        // ok: csharp-sql-built-string
        var b = new SqlCommand("SELECT * FROM users WHERE name = @name", connection);
        // ruleid: csharp-unsafe-deserialisation
        var c = new BinaryFormatter();
        // ok: csharp-unsafe-deserialisation
        var d = JsonSerializer.Deserialize<User>(name);
        // ruleid: csharp-weak-crypto
        var e = MD5.Create();
        // ok: csharp-weak-crypto
        var f = SHA256.Create();
        // ruleid: csharp-certificate-check-off
        handler.ServerCertificateCustomValidationCallback = (message, cert, chain, errors) => true;
        // ok: csharp-certificate-check-off
        handler.CheckCertificateRevocationList = true;
        // ruleid: csharp-process-dynamic
        Process.Start("ls", "-l " + name);
        // ok: csharp-process-dynamic
        Process.Start("ls", "-l");
    }
}
