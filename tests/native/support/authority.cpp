#include "support/authority.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace wsmq::native::test {
namespace {

void check(bool sound) {
    if (!sound) throw std::runtime_error{"OpenSSL cannot make a certificate"};
}

EVP_PKEY* new_key() { return EVP_EC_gen("P-256"); }

void extend(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    check(extension && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

/// Writes a file by one of OpenSSL's functions.
template <class Write> void write_file(const std::string& name, Write write) {
    FILE* file = std::fopen(name.c_str(), "w");
    check(file && write(file) == 1);
    check(std::fclose(file) == 0);
}

void write_certificate(const std::string& name, X509* certificate) {
    write_file(name, [&](FILE* file) { return PEM_write_X509(file, certificate); });
}

void write_key(const std::string& name, EVP_PKEY* key, const std::string& password) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(password.data());
    const EVP_CIPHER* cipher = password.empty() ? nullptr : EVP_aes_256_cbc();
    write_file(name, [&](FILE* file) {
        return PEM_write_PrivateKey(file, key, cipher, bytes, static_cast<int>(password.size()), nullptr, nullptr);
    });
}

}  // namespace

Authority::Authority() : key_{new_key()} {
    certificate_ = make(key_.get(), {.common_name = "Test authority", .names = {}}, "critical,CA:TRUE");
    write_certificate(file(), certificate_.get());
    std::filesystem::create_directory(path());
    char hash[16];
    std::snprintf(hash, sizeof hash, "%08lx.0", X509_subject_name_hash(certificate_.get()));
    write_certificate(path() + "/" + hash, certificate_.get());
}

Authority::Certificate Authority::make(EVP_PKEY* key, const Request& request, const std::string& constraints) {
    Certificate certificate{X509_new()};
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), request.valid_from);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), request.valid_to);
    X509_set_pubkey(certificate.get(), key);
    auto* subject = X509_get_subject_name(certificate.get());
    const auto* name = reinterpret_cast<const unsigned char*>(request.common_name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0);
    const bool is_own = request.self_signed || !certificate_;
    X509_set_issuer_name(certificate.get(), is_own ? subject : X509_get_subject_name(certificate_.get()));
    extend(certificate.get(), NID_basic_constraints, constraints);
    if (!request.names.empty()) extend(certificate.get(), NID_subject_alt_name, request.names);
    check(X509_sign(certificate.get(), is_own ? key : key_.get(), EVP_sha256()) > 0);
    return certificate;
}

IssuedFiles Authority::issue(const Request& request) {
    const Key key{new_key()};
    const auto certificate = make(key.get(), request, "CA:FALSE");
    const auto stem = directory_.file(("issued-" + std::to_string(serial_)).c_str());
    write_certificate(stem + ".pem", certificate.get());
    write_key(stem + ".key", key.get(), request.password);
    return {stem + ".pem", stem + ".key"};
}

}  // namespace wsmq::native::test
