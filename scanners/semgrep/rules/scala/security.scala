import java.security.MessageDigest
import scala.sys.process.Process

object Example {
  def run(statement: Statement, connection: Connection, name: String): Unit = {
    // ruleid: scala-sql-built-string
    statement.executeQuery("SELECT * FROM users WHERE name = '" + name + "'")
    // ruleid: scala-sql-built-string
    statement.executeQuery(s"SELECT * FROM users WHERE name = '${name}'")
    // ok: scala-sql-built-string
    connection.prepareStatement("SELECT * FROM users WHERE name = ?")
    // ruleid: scala-command-dynamic
    Process("ls " + name)
    // ok: scala-command-dynamic
    Process(Seq("ls", name))
    // ruleid: scala-weak-crypto
    MessageDigest.getInstance("MD5")
    // ok: scala-weak-crypto
    MessageDigest.getInstance("SHA-256")
  }
}
