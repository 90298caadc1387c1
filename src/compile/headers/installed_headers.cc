#include "compile/headers/installed_headers.h"

#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Lex/Preprocessor.h>
#include <llvm/Support/StringSaver.h>

#include <cstdlib>

#include <fmt/format.h>

#include "base/file.h"
#include "compile/headers/virtual_files.h"

namespace sonde::compile {
namespace {

using llvm::StringRef;

#if defined(__x86_64__)
constexpr const char* kArchitecture = "x86";
constexpr const char* kTriple = "x86_64-unknown-linux-gnu";
#else
constexpr const char* kArchitecture = "arm64";
constexpr const char* kTriple = "aarch64-unknown-linux-gnu";
#endif

bool holds_headers(const std::string& directory) { return base::file_exists(directory + "/include/linux/kconfig.h"); }

std::vector<std::string> preprocessor_arguments(const HeaderTree& tree) {
  std::vector<std::string> arguments = {"-triple",
                                        kTriple,
                                        "-E",
                                        "-nostdsysteminc",
                                        "-nobuiltininc",
                                        "-std=gnu11",
                                        "-D__KERNEL__",
                                        "-D__BPF_TRACING__",
                                        "-DKBUILD_MODNAME=\"bcc\"",
                                        "-DCONFIG_CC_IS_CLANG"};
  for (std::string_view kind : {"", "/uapi"}) {
    std::string places[] = {fmt::format("{}/arch/{}/include{}", tree.source, kArchitecture, kind),
                            fmt::format("{}/arch/{}/include/generated{}", tree.build, kArchitecture, kind),
                            fmt::format("{}/include{}", tree.source, kind),
                            fmt::format("{}/include/generated{}", tree.build, kind),
                            fmt::format("{}/include{}", tree.build, kind)};
    for (const auto& place : places) arguments.push_back("-I" + place);
  }
  arguments.insert(arguments.end(), {"-include", tree.source + "/include/linux/kconfig.h", "-x", "c", "headers.c"});
  return arguments;
}

// The program's own #include lines of kernel headers.
std::string include_lines(StringRef source) {
  std::string lines;
  while (!source.empty()) {
    auto [line, rest] = source.split('\n');
    source = rest;
    line = line.trim();
    StringRef name = line;
    if (!name.consume_front("#")) continue;
    name = name.ltrim();
    if (!name.consume_front("include")) continue;
    name = name.ltrim().drop_front(1).take_until([](char c) { return c == '>' || c == '"'; });
    if (is_kernel_header(name)) lines += line.str() + "\n";
  }
  return lines;
}

// `#define NAME(a, b) body`
std::string macro_text(clang::Preprocessor& preprocessor, StringRef name, const clang::MacroInfo& macro) {
  std::string text = "#define " + name.str();
  if (macro.isFunctionLike()) {
    text += '(';
    for (const auto* parameter : macro.params()) {
      if (text.back() != '(') text += ", ";
      text += parameter->getName() == "__VA_ARGS__" ? "..." : parameter->getName().str();
    }
    if (macro.isGNUVarargs()) text += "...";
    text += ')';
  }
  for (const auto& token : macro.tokens()) {
    if (token.hasLeadingSpace() || &token == macro.tokens().begin()) text += ' ';
    text += preprocessor.getSpelling(token);
  }
  return text + "\n";
}

}  // namespace

std::optional<HeaderTree> find_headers(const std::string& release) {
  if (const char* named = std::getenv("BCC_KERNEL_SOURCE"); named && holds_headers(named))
    return HeaderTree{named, named};
  std::string modules = "/lib/modules/" + release;
  if (holds_headers(modules + "/source")) return HeaderTree{modules + "/source", modules + "/build"};
  const char* suffix = std::getenv("BCC_KERNEL_MODULES_SUFFIX");
  std::string build = modules + "/" + (suffix && *suffix ? suffix : "build");
  if (holds_headers(build)) return HeaderTree{build, build};
  return std::nullopt;
}

struct InstalledHeaders::Storage {
  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver{allocator};
};

InstalledHeaders::~InstalledHeaders() = default;

InstalledHeaders::InstalledHeaders(const spec::Request& request, const HeaderTree& tree)
    : storage_(std::make_unique<Storage>()) {
  clang::CompilerInstance compiler;
  auto arguments = preprocessor_arguments(tree);
  std::vector<const char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(argument.c_str());
  compiler.createDiagnostics(new clang::IgnoringDiagConsumer);
  if (!clang::CompilerInvocation::CreateFromArgs(compiler.getInvocation(), pointers, compiler.getDiagnostics())) return;
  std::string includes = include_lines(request.source);
  auto& inputs = compiler.getFrontendOpts().Inputs;
  inputs.clear();
  inputs.emplace_back(llvm::MemoryBufferRef(includes, "headers.c"), clang::InputKind(clang::Language::C));
  if (!compiler.createTarget()) return;

  struct Reader : clang::PreprocessorFrontendAction {
    InstalledHeaders& headers;
    explicit Reader(InstalledHeaders& h) : headers(h) {}
    void ExecuteAction() override {
      auto& preprocessor = getCompilerInstance().getPreprocessor();
      preprocessor.EnterMainSourceFile();
      clang::Token token;
      for (preprocessor.Lex(token); token.isNot(clang::tok::eof); preprocessor.Lex(token)) {
        StringRef text = headers.storage_->saver.save(preprocessor.getSpelling(token));
        headers.tokens_.push_back({{text.data(), text.size()}, token.hasLeadingSpace() || token.isAtStartOfLine()});
      }
      for (const auto& [identifier, state] : preprocessor.macros()) {
        const auto* macro = preprocessor.getMacroInfo(identifier);
        if (!macro || macro->isBuiltinMacro()) continue;
        headers.macros_[identifier->getName().str()] = macro_text(preprocessor, identifier->getName(), *macro);
      }
    }
  } reader(*this);
  compiler.ExecuteAction(reader);
}

std::optional<std::string> InstalledHeaders::definition(std::string_view name) const {
  if (auto macro = macros_.find(name); macro != macros_.end()) return macro->second;
  return inline_function(name);
}

std::optional<size_t> InstalledHeaders::matching(size_t at, std::string_view open, std::string_view close) const {
  int depth = 0;
  for (; at < tokens_.size(); ++at) {
    if (tokens_[at].text == open) ++depth;
    if (tokens_[at].text == close && --depth == 0) return at;
  }
  return std::nullopt;
}

size_t InstalledHeaders::start_of_declaration(size_t at) const {
  while (at > 0 && tokens_[at - 1].text != ";" && tokens_[at - 1].text != "}") --at;
  return at;
}

std::optional<std::string> InstalledHeaders::inline_function(std::string_view name) const {
  int depth = 0;
  for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
    if (tokens_[i].text == "{") ++depth;
    if (tokens_[i].text == "}") --depth;
    if (depth != 0 || tokens_[i].text != name || tokens_[i + 1].text != "(") continue;
    auto parameters = matching(i + 1, "(", ")");
    if (!parameters || *parameters + 1 >= tokens_.size() || tokens_[*parameters + 1].text != "{") continue;
    auto end = matching(*parameters + 1, "{", "}");
    if (!end) continue;
    std::string text;
    for (size_t k = start_of_declaration(i); k <= *end; ++k) {
      if (tokens_[k].space_before) text += ' ';
      text += tokens_[k].text;
    }
    return text + "\n";
  }
  return std::nullopt;
}

}  // namespace sonde::compile
