class UsersController < ApplicationController
  def show
    # ruleid: ruby-request-injection
    system("ls " + params[:dir])
    # ok: ruby-request-injection
    system("ls", "--", params[:dir])
    # ruleid: ruby-request-injection
    File.read("/srv/" + params[:file])
    # ok: ruby-request-injection
    File.read("/srv/" + File.basename(params[:file]))
    # ruleid: ruby-sql-interpolation
    User.where("name = '#{name}'")
    # ok: ruby-sql-interpolation
    User.where("name = ?", name)
    # ruleid: ruby-command-interpolation
    system("ls #{dir}")
    # ok: ruby-command-interpolation
    system("ls", dir)
    # ruleid: ruby-unsafe-deserialisation
    Marshal.load(data)
    # ok: ruby-unsafe-deserialisation
    JSON.parse(data)
    # ruleid: ruby-certificate-check-off
    http.verify_mode = OpenSSL::SSL::VERIFY_NONE
    # ok: ruby-certificate-check-off
    http.verify_mode = OpenSSL::SSL::VERIFY_PEER
    # ruleid: ruby-unescaped-html
    name.html_safe
    # ok: ruby-unescaped-html
    "<b>fixed</b>".html_safe
    # ruleid: ruby-weak-hash
    Digest::MD5.hexdigest(data)
    # ok: ruby-weak-hash
    Digest::SHA256.hexdigest(data)
  end
end
