#include "compile/front_end/front_end.h"

#include <clang/CodeGen/ModuleBuilder.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Frontend/MultiplexConsumer.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <clang/Frontend/Utils.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/IR/Constants.h>
#include <llvm/Support/Path.h>

#include <fmt/format.h>

#include "compile/diagnostics/diagnostics.h"
#include "compile/front_end/dialect_reader.h"
#include "compile/front_end/own_definitions.h"
#include "compile/headers/condition_constants.h"
#include "compile/headers/header_definitions.h"
#include "compile/kernel/btf_sema_source.h"
#include "compile/kernel/kernel_config.h"

namespace sonde::compile {
namespace {

using llvm::StringRef;

// Warnings that BCC does not give, and errors of newer clangs that were warnings when BCC's scripts were written.
std::vector<std::string> fixed_arguments() {
  return {"-triple",
          "bpfel",
          "-target-cpu",
          "v3",
          "-O2",
          "-std=gnu11",
          "-debug-info-kind=limited",
          "-dwarf-version=5",
          "-gembed-source",
          "-nostdsysteminc",
          "-ferror-limit",
          "200",
          "-Wno-pointer-sign",
          "-Wno-unused-value",
          "-Wno-visibility",
          "-Wno-c23-extensions",
          "-Wno-address-of-packed-member",
          "-Wno-gnu-variable-sized-type-not-at-end",
          "-Wno-unknown-warning-option",
          "-Wno-deprecated-declarations",
          "-Wno-pragma-once-outside-header",
          "-Wno-duplicate-decl-specifier",
          "-Wno-microsoft-anon-tag",
          "-Wno-macro-redefined",
          "-Wno-error=int-conversion",
          "-Wno-error=incompatible-function-pointer-types",
          "-Wno-compare-distinct-pointer-types",
          "-fms-extensions",
          "-internal-isystem",
          kVirtualInclude,
          "-include",
          "sonde/dialect.h"};
}

// What BCC_LINUX_VERSION_CODE says to the kernel, which looks at it in kprobes' programs before Linux 5.0; nothing: it
// is not set, or is no number.
std::optional<uint32_t> version_override() {
  const char* text = std::getenv("BCC_LINUX_VERSION_CODE");
  if (!text || !*text) return std::nullopt;
  uint32_t code = 0;
  return StringRef(text).getAsInteger(0, code) ? std::nullopt : std::optional(code);
}

// CONFIG_HZ, but in a text that may declare a variable of that name, in libbpf's style.
void add_tick(uint32_t per_second, const std::string& text, std::vector<std::string>& macros) {
  if (per_second == 0 || text.find("__kconfig") != text.npos) return;
  macros.push_back(fmt::format("CONFIG_HZ={}", per_second));
  macros.push_back(fmt::format("CONFIG_HZ_{}=1", per_second));
}

std::vector<std::string> macro_definitions(const Target& target, const spec::Request& request) {
  std::vector<std::string> macros = {
      "__KERNEL__",
      "__BPF_TRACING__",
      "KBUILD_MODNAME=\"bcc\"",
      "CONFIG_CC_IS_CLANG=1",
      "bpf_target_defined",
      fmt::format("LINUX_VERSION_CODE={}", target.version_code()),
      fmt::format("SONDE_ONLINE_CPUS={}", request.online_cpus),
#if defined(__x86_64__)
      "__x86_64__=1",
      "__TARGET_ARCH_x86=1",
      "bpf_target_x86=1",
#elif defined(__aarch64__)
      "__aarch64__=1",
      "__TARGET_ARCH_arm64=1",
      "bpf_target_arm64=1",
#endif
  };
  std::string text = fmt::format("{} {}", request.source, fmt::join(request.cflags, " "));
  for (const auto& [name, value] : kernel_config(target.btf(), text))
    macros.push_back(fmt::format("{}={}", name, value));
  if (auto code = version_override()) macros.push_back(fmt::format("LINUX_VERSION_CODE_OVERRIDE={}", *code));
  add_tick(target.ticks_per_second(), text, macros);
  return macros;
}

// Those of the user's flags that mean something here. Flags that tune code for a processor or a link do not.
bool is_front_end_flag(StringRef flag) {
  for (StringRef prefix : {"-D", "-U", "-I", "-W", "-std=", "-include", "-isystem", "-iquote", "-fms-extensions"}) {
    if (flag.starts_with(prefix)) return true;
  }
  return flag == "-w";
}

bool takes_argument(StringRef flag) {
  return flag == "-D" || flag == "-U" || flag == "-I" || flag == "-include" || flag == "-isystem" || flag == "-iquote";
}

std::vector<std::string> user_arguments(const std::vector<std::string>& cflags) {
  std::vector<std::string> arguments;
  for (size_t i = 0; i < cflags.size(); ++i) {
    if (!is_front_end_flag(cflags[i])) continue;
    arguments.push_back(cflags[i]);
    if (takes_argument(cflags[i]) && i + 1 < cflags.size()) arguments.push_back(cflags[++i]);
  }
  return arguments;
}

// Where the program's own #include looks, and where what is included by flag lies.
std::set<std::string> include_directories(const spec::Request& request) {
  std::set<std::string> directories = {request.directory};
  const auto& flags = request.cflags;
  for (size_t i = 0; i < flags.size(); ++i) {
    for (StringRef option : {"-include", "-isystem", "-iquote", "-I"}) {
      StringRef value = flags[i];
      if (!value.consume_front(option)) continue;
      if (value.empty() && i + 1 < flags.size()) value = flags[i + 1];
      directories.insert(option == "-include" ? llvm::sys::path::parent_path(value).str() : value.str());
      break;
    }
  }
  return directories;
}

// The text of the program's licence: the macro BPF_LICENSE, as its tokens are written, or GPL.
std::string license_of(clang::Preprocessor& preprocessor) {
  auto* identifier = preprocessor.getIdentifierInfo("BPF_LICENSE");
  const auto* macro = preprocessor.getMacroInfo(identifier);
  if (!macro) return "GPL";
  std::string text;
  for (const auto& token : macro->tokens()) {
    if (!text.empty() && token.hasLeadingSpace()) text += ' ';
    text += preprocessor.getSpelling(token);
  }
  return text;
}

// clang describes external functions for BTF even when it has refused the types that they speak of, and would crash.
class Consumers : public clang::MultiplexConsumer {
 public:
  Consumers(clang::CompilerInstance& compiler, std::vector<std::unique_ptr<clang::ASTConsumer>> all)
      : MultiplexConsumer(std::move(all)), compiler_(compiler) {}

  void CompleteExternalDeclaration(clang::DeclaratorDecl* declaration) override {
    if (!compiler_.getDiagnostics().hasErrorOccurred()) MultiplexConsumer::CompleteExternalDeclaration(declaration);
  }

 private:
  clang::CompilerInstance& compiler_;
};

// Parses with names from the kernel, reading the syntax tree before code is generated from it.
class Translation : public clang::ASTFrontendAction {
 public:
  Translation(const Target& target, bool portable, llvm::LLVMContext& context, spec::Spec& spec)
      : target_(target), portable_(portable), llvm_(context), spec_(spec) {}

  // What is left when the front end is done.
  std::unique_ptr<llvm::Module> module;
  std::vector<ProgramShape> programs;
  std::vector<spec::Tracepoint> tracepoints;
  std::string license;

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler, StringRef file) override {
    // clang leaves this to whoever brings an external source of declarations.
    auto& preprocessor = compiler.getPreprocessor();
    preprocessor.getBuiltinInfo().initializeBuiltins(preprocessor.getIdentifierTable(), preprocessor.getLangOpts());
    define_constants_of_conditions(preprocessor, target_);
    keep_own_definitions(preprocessor);
    types_.emplace(compiler.getASTContext(), target_, portable_);
    tracepoint_types_.emplace(*types_);
    auto source = llvm::makeIntrusiveRefCnt<BtfSemaSource>(*types_, *tracepoint_types_);
    compiler.setExternalSemaSource(source);
    compiler.getASTContext().setExternalSource(source);
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    auto reader = std::make_unique<DialectReader>(compiler, spec_);
    reader_ = reader.get();
    consumers.push_back(std::move(reader));
    code_ = clang::CreateLLVMCodeGen(compiler.getDiagnostics(), file, &compiler.getVirtualFileSystem(),
                                     compiler.getHeaderSearchOpts(), compiler.getPreprocessorOpts(),
                                     compiler.getCodeGenOpts(), llvm_);
    consumers.emplace_back(code_);
    return std::make_unique<Consumers>(compiler, std::move(consumers));
  }

  void EndSourceFileAction() override {
    license = license_of(getCompilerInstance().getPreprocessor());
    tracepoints = tracepoint_types_->used();
    programs = reader_->programs();
    module.reset(code_->ReleaseModule());
  }

 private:
  const Target& target_;
  bool portable_;
  llvm::LLVMContext& llvm_;
  spec::Spec& spec_;
  std::optional<KernelTypes> types_;
  std::optional<TracepointTypes> tracepoint_types_;
  DialectReader* reader_ = nullptr;
  clang::CodeGenerator* code_ = nullptr;
};

// A program that has no SEC("license") of its own gets one.
void add_license(llvm::Module& module, spec::Spec& spec) {
  for (auto& global : module.globals()) {
    if (global.getSection() != "license") continue;
    auto* text = llvm::dyn_cast_or_null<llvm::ConstantDataSequential>(global.hasInitializer() ? global.getInitializer()
                                                                                              : nullptr);
    if (text && text->isCString()) spec.license = text->getAsCString().str();
    return;
  }
  auto* text = llvm::ConstantDataArray::getString(module.getContext(), spec.license);
  auto* global =
      new llvm::GlobalVariable(module, text->getType(), true, llvm::GlobalValue::ExternalLinkage, text, "_license");
  global->setSection("license");
}

void add_version(llvm::Module& module, uint32_t code) {
  auto* number = llvm::ConstantInt::get(llvm::Type::getInt32Ty(module.getContext()), code);
  auto* global =
      new llvm::GlobalVariable(module, number->getType(), true, llvm::GlobalValue::ExternalLinkage, number, "_version");
  global->setSection("version");
}

}  // namespace

FrontEnd::FrontEnd(const spec::Request& request, const Target& target, const Host& host)
    : request_(request),
      target_(target),
      host_(host),
      stream_(std::make_unique<llvm::raw_string_ostream>(diagnostics_)) {
  user_files_.ask = host.read_file;
  user_files_.preamble = request.preamble;
  user_files_.directories = include_directories(request);
}

FrontEnd::~FrontEnd() = default;

bool FrontEnd::set_up(clang::CompilerInstance& compiler) {
  std::vector<std::string> arguments = fixed_arguments();
  for (const auto& macro : macro_definitions(target_, request_)) arguments.push_back("-D" + macro);
  if (!user_files_.provided.empty()) arguments.insert(arguments.end(), {"-include", kProvidedHeader});
  if (!user_files_.recovered.empty()) {
    // By its full path it is no system header, and what it misses in turn is reported.
    arguments.insert(arguments.end(), {"-include", fmt::format("{}/{}", kVirtualInclude, kRecoveredHeader)});
  }
  if (!request_.preamble.empty()) arguments.insert(arguments.end(), {"-include", kPreambleHeader});
  if (!request_.directory.empty()) arguments.push_back("-I" + request_.directory);
  for (auto& argument : user_arguments(request_.cflags)) arguments.push_back(std::move(argument));
  arguments.insert(arguments.end(), {"-x", "c", request_.file_name});
  std::vector<const char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(argument.c_str());

  auto options = llvm::makeIntrusiveRefCnt<clang::DiagnosticOptions>();
  clang::DiagnosticsEngine early(llvm::makeIntrusiveRefCnt<clang::DiagnosticIDs>(), options,
                                 new clang::TextDiagnosticPrinter(*stream_, options.get()));
  if (!clang::CompilerInvocation::CreateFromArgs(compiler.getInvocation(), pointers, early)) return false;
  auto& inputs = compiler.getFrontendOpts().Inputs;
  inputs.clear();
  inputs.emplace_back(llvm::MemoryBufferRef(request_.source, request_.file_name), clang::InputKind(clang::Language::C));
  compiler.getFrontendOpts().DisableFree = true;
  compiler.getCodeGenOpts().MainFileName = request_.file_name;
  compiler.getCodeGenOpts().DiscardValueNames = request_.debug == 0;  // of local values: only the printed IR shows them
  compiler.createDiagnostics(new DiagnosticWriter(*stream_, compiler.getDiagnosticOpts(), target_, missing_names_));
  compiler.setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());  // "2 errors generated."
  compiler.createFileManager(make_virtual_tree(user_files_));
  return compiler.createTarget();
}

Result<std::unique_ptr<llvm::Module>> FrontEnd::translate(llvm::LLVMContext& context, spec::Spec& spec,
                                                          std::vector<ProgramShape>& programs) {
  const spec::Spec blank = spec;
  while (true) {
    auto module = attempt(context, spec, programs);
    if (module || !provide_missing_names()) return module;
    spec = blank;
    programs.clear();
  }
}

// What a definition refers to may be missed in the next attempt. It ends, as each name is provided once.
bool FrontEnd::provide_missing_names() {
  std::string definitions = definitions_of(missing_names_, request_.source, provided_names_);
  if (definitions.empty()) return false;
  user_files_.provided += definitions;
  forget_attempt();
  return true;
}

Result<std::unique_ptr<llvm::Module>> FrontEnd::attempt(llvm::LLVMContext& context, spec::Spec& spec,
                                                        std::vector<ProgramShape>& programs) {
  compiler_ = std::make_unique<clang::CompilerInstance>();
  auto mistakes = [] { return base::fail(ErrorKind::kCompile, "the program does not compile"); };
  if (!set_up(*compiler_)) return mistakes();
  for (const auto& flag : request_.cflags) {
    if (StringRef(flag).starts_with("-DBPF_LICENSE")) error("BPF_LICENSE cannot be specified through cflags", 0, 0);
  }
  Translation action(target_, request_.portable, context, spec);
  bool ok = compiler_->ExecuteAction(action);
  if (!ok || has_errors()) return mistakes();
  if (!action.module) return mistakes();
  programs = std::move(action.programs);
  spec.tracepoints = std::move(action.tracepoints);
  spec.license = std::move(action.license);
  add_license(*action.module, spec);
  if (auto code = version_override(); code && !action.module->getNamedValue("_version"))
    add_version(*action.module, *code);
  return std::move(action.module);
}

void FrontEnd::start_over(std::string definitions) {
  user_files_.recovered = std::move(definitions);
  forget_attempt();
}

void FrontEnd::forget_attempt() {
  stream_->flush();
  diagnostics_.clear();
  missing_names_.clear();
}

std::string FrontEnd::preprocessed() {
  clang::CompilerInstance compiler;
  if (!set_up(compiler)) return {};
  std::string text;
  llvm::raw_string_ostream out(text);
  struct Action : clang::PreprocessorFrontendAction {
    llvm::raw_ostream& out;
    const Target& target;
    Action(llvm::raw_ostream& stream, const Target& compiled_for) : out(stream), target(compiled_for) {}
    void ExecuteAction() override {
      clang::PreprocessorOutputOptions options;
      options.ShowCPP = true;
      options.ShowLineMarkers = true;
      define_constants_of_conditions(getCompilerInstance().getPreprocessor(), target);
      keep_own_definitions(getCompilerInstance().getPreprocessor());
      clang::DoPrintPreprocessedInput(getCompilerInstance().getPreprocessor(), &out, options);
    }
  } action(out, target_);
  compiler.ExecuteAction(action);
  // Of all the files, only the program's own lines.
  std::string kept, marker = fmt::format("\"{}\"", request_.file_name);
  bool in_main_file = false;
  llvm::SmallVector<StringRef> lines;
  StringRef(out.str()).split(lines, '\n');
  for (StringRef line : lines) {
    if (line.starts_with("# ")) in_main_file = line.contains(marker);
    else if (in_main_file && !line.trim().empty()) kept += line.str() + "\n";
  }
  return kept;
}

void FrontEnd::error(const std::string& text, unsigned line, unsigned column) {
  report(clang::DiagnosticsEngine::Error, text, line, column);
}

void FrontEnd::warning(const std::string& text, unsigned line, unsigned column) {
  report(clang::DiagnosticsEngine::Warning, text, line, column);
}

void FrontEnd::report(clang::DiagnosticsEngine::Level level, const std::string& text, unsigned line, unsigned column) {
  auto& engine = compiler_->getDiagnostics();
  unsigned id = engine.getDiagnosticIDs()->getCustomDiagID(static_cast<clang::DiagnosticIDs::Level>(level), "%0");
  clang::SourceLocation where;
  if (line && compiler_->hasSourceManager()) {
    auto& sources = compiler_->getSourceManager();
    where = sources.translateLineCol(sources.getMainFileID(), line, std::max(column, 1u));
  }
  if (where.isInvalid()) *stream_ << request_.file_name << ": ";
  engine.Report(where, id) << text;
}

bool FrontEnd::has_errors() const { return compiler_ && compiler_->getDiagnostics().hasErrorOccurred(); }

void FrontEnd::flush_diagnostics() {
  if (!stream_->str().empty()) host_.diagnostics(diagnostics_);
  diagnostics_.clear();
}

}  // namespace sonde::compile
