package main

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/tls"
	"database/sql"
	"fmt"
	"html/template"
	"math/rand"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
)

func handle(w http.ResponseWriter, r *http.Request, db *sql.DB) {
	name := r.FormValue("name")
	// ruleid: go-command-dynamic-shell, go-request-injection
	exec.Command("sh", "-c", "ls "+name)
	// ok: go-command-dynamic-shell, go-request-injection
	exec.Command("ls", name)
	// ruleid: go-request-injection
	os.Open("/srv/" + name)
	// ok: go-request-injection
	os.Open("/srv/" + filepath.Base(name))
	// ruleid: go-sql-built-string, go-request-injection
	db.QueryRow(fmt.Sprintf("SELECT * FROM users WHERE name = '%s'", name))
	// ok: go-sql-built-string
	db.QueryRow("SELECT * FROM users WHERE name = ?", name)
}

func settings(text string) {
	// ruleid: go-tls-verification-off
	a := &tls.Config{InsecureSkipVerify: true}
	// ok: go-tls-verification-off
	b := &tls.Config{ServerName: "example.com"}
	// ruleid: go-tls-old-version
	c := &tls.Config{MinVersion: tls.VersionTLS10}
	// ok: go-tls-old-version
	d := &tls.Config{MinVersion: tls.VersionTLS12}
	// ruleid: go-weak-crypto
	e := md5.Sum([]byte(text))
	// ok: go-weak-crypto
	f := sha256.Sum256([]byte(text))
	// ruleid: go-math-rand-for-secret
	token := rand.Int63()
	// ok: go-math-rand-for-secret
	delay := rand.Int63()
	// ruleid: go-unescaped-html
	g := template.HTML("<b>" + text)
	// ok: go-unescaped-html
	h := template.HTML("<b>fixed</b>")
}
