#include "compile/headers/virtual_files.h"

#include <llvm/ADT/StringSet.h>
#include <llvm/Support/Path.h>

#include "compile/headers/embedded_files.h"

namespace sonde::compile {
namespace {

using llvm::ErrorOr;
using llvm::StringRef;
namespace fs = llvm::sys::fs;
namespace vfs = llvm::vfs;

constexpr uint64_t kMaxUserFile = 16u << 20;

fs::UniqueID unique_id(StringRef path) { return {0x736f6e6465, llvm::hash_value(path)}; }

vfs::Status describe(StringRef path, uint64_t size, bool is_directory) {
  return {path,
          unique_id(path),
          llvm::sys::TimePoint<>(),
          0,
          0,
          size,
          is_directory ? fs::file_type::directory_file : fs::file_type::regular_file,
          fs::perms::all_read};
}

class TextFile : public vfs::File {
 public:
  TextFile(StringRef path, std::string text) : path_(path), text_(std::move(text)) {}
  ErrorOr<vfs::Status> status() override { return describe(path_, text_.size(), false); }
  ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine& name, int64_t, bool, bool) override {
    return llvm::MemoryBuffer::getMemBufferCopy(text_, name.str());
  }
  std::error_code close() override { return {}; }

 private:
  std::string path_;
  std::string text_;
};

class VirtualFiles : public vfs::ProxyFileSystem {
 public:
  explicit VirtualFiles(UserFiles& user_files) : ProxyFileSystem(vfs::getRealFileSystem()), user_files_(user_files) {}

  ErrorOr<vfs::Status> status(const llvm::Twine& path) override {
    std::string name = path.str();
    if (auto inside = virtual_path(name)) {
      if (auto text = virtual_text(*inside)) return describe(name, text->size(), false);
      return StringRef(*inside).ends_with(".h") ? missing() : ErrorOr<vfs::Status>(describe(name, 0, true));
    }
    auto real = ProxyFileSystem::status(path);
    if (real && real->isRegularFile()) return real;
    if (!real && real.getError() != std::errc::permission_denied) return real;
    if (real && !real->isDirectory()) return std::make_error_code(std::errc::invalid_argument);  // a FIFO, a device
    if (real) return real;
    if (user_files_.directories.count(name)) return describe(name, 0, true);
    if (auto text = asked(name)) return describe(name, text->size(), false);
    return lies_in_directory(name) ? ErrorOr<vfs::Status>(describe(name, 0, true)) : missing();
  }

  ErrorOr<std::unique_ptr<vfs::File>> openFileForRead(const llvm::Twine& path) override {
    std::string name = path.str();
    if (auto inside = virtual_path(name)) {
      auto text = virtual_text(*inside);
      if (!text) return missing();
      return std::make_unique<TextFile>(name, std::string(*text));
    }
    auto described = status(path);
    if (!described) return described.getError();
    if (described->getSize() > kMaxUserFile) return std::make_error_code(std::errc::file_too_large);
    user_files_.opened.insert(name);
    auto real = ProxyFileSystem::openFileForRead(path);
    if (real || real.getError() != std::errc::permission_denied) return real;
    auto text = asked(name);
    if (!text) return missing();
    return std::make_unique<TextFile>(name, std::move(*text));
  }

 private:
  // clang goes on to the next directory after this one, and gives up after any other.
  static std::error_code missing() { return std::make_error_code(std::errc::no_such_file_or_directory); }

  // Whatever is no file below a directory that this process may not look into: clang asks for `sub` before `sub/own.h`.
  bool lies_in_directory(StringRef path) const {
    return llvm::any_of(user_files_.directories, [&](StringRef directory) {
      StringRef rest = path;
      return !directory.empty() && rest.consume_front(directory) && rest.starts_with("/");
    });
  }

  // "/virtual/include/linux/sched.h" -> "linux/sched.h". A vmlinux.h beside the program describes some other kernel;
  // the types come from this one.
  static std::optional<std::string> virtual_path(StringRef path) {
    if (llvm::sys::path::filename(path) == "vmlinux.h") return "vmlinux.h";
    if (!path.consume_front(kVirtualInclude)) return std::nullopt;
    return path.ltrim('/').str();
  }

  std::optional<std::string_view> virtual_text(StringRef path) const {
    if (path == kProvidedHeader) return user_files_.provided;
    if (path == kRecoveredHeader) return user_files_.recovered;
    if (path == kPreambleHeader) return user_files_.preamble;
    if (auto text = embedded_file(std::string_view(path))) return text;
    // A header and its uapi half are one to a program.
    if (StringRef plain = path; plain.consume_front("uapi/")) {
      if (auto text = embedded_file(std::string_view(plain))) return text;
    } else if (auto text = embedded_file("uapi/" + path.str())) {
      return text;
    }
    if (is_kernel_header(path)) return std::string_view();
    return std::nullopt;
  }

  std::optional<std::string> asked(const std::string& name) {
    auto known = answers_.find(name);
    if (known == answers_.end()) known = answers_.emplace(name, user_files_.ask(name)).first;
    return known->second;
  }

  UserFiles& user_files_;
  std::map<std::string, std::optional<std::string>> answers_;
};

}  // namespace

bool is_kernel_header(StringRef path) {
  static const llvm::StringSet<> kFolders = {
      "acpi", "asm",   "asm-generic", "clocksource", "crypto", "cxl",   "drm",  "generated", "hyperv", "keys",  "kunit",
      "kvm",  "linux", "math-emu",    "media",       "memory", "misc",  "mtd",  "net",       "pcmcia", "ras",   "rdma",
      "rv",   "scsi",  "soc",         "sound",       "target", "trace", "uapi", "ufs",       "vdso",   "video", "xen"};
  if (!path.ends_with(".h")) return false;
  return kFolders.contains(path.take_until([](char c) { return c == '/'; })) && path.contains('/');
}

llvm::IntrusiveRefCntPtr<vfs::FileSystem> make_virtual_tree(UserFiles& user_files) {
  return llvm::makeIntrusiveRefCnt<VirtualFiles>(user_files);
}

}  // namespace sonde::compile
