import java.io.*;
import java.security.*;
import java.sql.*;
import javax.crypto.*;
import javax.servlet.http.*;
import javax.xml.parsers.*;

class Example {
  void commands(HttpServletRequest request, String name) throws Exception {
    // ruleid: java-command-dynamic
    Runtime.getRuntime().exec("ls " + name);
    // ok: java-command-dynamic
    new ProcessBuilder("ls", "--", name).start();
    String file = request.getParameter("file");
    // ruleid: java-request-injection
    new FileInputStream("/srv/" + file);
    // ok: java-request-injection
    new FileInputStream("/srv/" + FilenameUtils.getName(file));
  }

  void queries(Connection c, Statement s, String name) throws Exception {
    // ruleid: java-sql-built-string
    s.executeQuery("SELECT * FROM users WHERE name = '" + name + "'");
    PreparedStatement p = c.prepareStatement("SELECT * FROM users WHERE name = ?");
    // ok: java-sql-built-string
    p.executeQuery();
  }

  void read(InputStream in, ObjectMapper mapper) throws Exception {
    ObjectInputStream objects = new ObjectInputStream(in);
    // ruleid: java-object-deserialisation
    objects.readObject();
    // ok: java-object-deserialisation
    mapper.readValue(in, User.class);
  }

  void parse() throws Exception {
    // ruleid: java-xxe
    DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
    f.newDocumentBuilder();
  }

  void parseSafely() throws Exception {
    // ok: java-xxe
    DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
    f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
  }

  void crypto() throws Exception {
    // ruleid: java-weak-crypto
    MessageDigest.getInstance("MD5");
    // ruleid: java-weak-crypto
    Cipher.getInstance("DES/CBC/PKCS5Padding");
    // ok: java-weak-crypto
    Cipher.getInstance("AES/GCM/NoPadding");
  }

  void trust(HttpsURLConnection connection, HostnameVerifier verifier) {
    // ruleid: java-trust-everybody
    connection.setHostnameVerifier((host, session) -> true);
    // ok: java-trust-everybody
    connection.setHostnameVerifier(verifier);
  }

  void security(HttpSecurity http) throws Exception {
    // ruleid: java-csrf-protection-off
    http.csrf().disable();
    // ok: java-csrf-protection-off
    http.csrf();
  }
}
