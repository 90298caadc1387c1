#include "compile/compiler.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/version.h"
#include "compile/backend.h"
#include "compile/front_end/front_end.h"
#include "compile/headers/installed_headers.h"
#include "compile/kernel/target.h"
#include "compile/object/release_code_pages.h"
#include "compile/object/source_text.h"

namespace sonde::compile {
namespace {

enum DebugFlags : unsigned { kPrintIr = 1, kPrintInstructions = 2, kPrintPreprocessed = 4, kPrintSource = 8 };

BackendOptions backend_options(const spec::Request& request, const Host& host, FrontEnd& front_end) {
  BackendOptions options;
  bool any_kernel = request.portable;
  options.variants = {.trampolines = any_kernel || request.with_trampolines,
                      .system_calls = any_kernel || request.with_variants,
                      .only_equal = !any_kernel && !request.with_variants};
  options.print_ir = request.debug & kPrintIr;
  options.print_source = request.debug & kPrintSource;
  options.print_instructions = request.debug & (kPrintInstructions | kPrintSource);
  options.output = host.output;
  options.error = [&](const std::string& text, unsigned line, unsigned column) { front_end.error(text, line, column); };
  options.warning = [&](const std::string& text, unsigned line, unsigned column) {
    front_end.warning(text, line, column);
  };
  options.give_up = [&] {
    front_end.flush_diagnostics();
    host.give_up();
  };
  options.usdt = request.usdt;
  return options;
}

constexpr int kMaxAttempts = 12;  // each may uncover what the definitions of the one before refer to

// A program that misses names is tried again with their definitions from the kernel's real headers, where installed.
class Translator {
 public:
  Translator(const spec::Request& request, const Host& host, FrontEnd& front_end, const spec::Spec& blank)
      : request_(request), host_(host), front_end_(front_end), blank_(blank) {}

  Result<std::unique_ptr<llvm::Module>> translate(llvm::LLVMContext& context, spec::Spec& spec,
                                                  std::vector<ProgramShape>& programs) {
    auto module = front_end_.translate(context, spec, programs);
    for (int attempt = 1; !module && attempt < kMaxAttempts && recover(); ++attempt) {
      spec = blank_;
      programs.clear();
      module = front_end_.translate(context, spec, programs);
    }
    return module;
  }

  // Says where names came from, or nothing.
  std::string remark() const {
    if (names_.empty()) return {};
    return fmt::format("sonde: note: taken from the kernel headers in {}: {}\n", tree_->source,
                       fmt::join(names_, ", "));
  }

 private:
  bool recover() {
    auto missing = front_end_.missing_names();
    if (missing.empty()) return false;
    if (!tree_) tree_ = find_headers(request_.release);
    if (!tree_) return false;
    if (!headers_) {
      headers_.emplace(request_, *tree_);
      host_.used_file(tree_->source + "/include/linux");  // stands for the tree, which has 20,000 files
      host_.used_file(tree_->build + "/include/generated/utsrelease.h");
    }
    bool found = false;
    for (const auto& name : missing) {
      auto text = names_.count(name) ? std::nullopt : headers_->definition(name);
      if (!text) continue;
      definitions_ = *text + definitions_;
      names_.insert(name);
      found = true;
    }
    if (found) front_end_.start_over(definitions_);
    return found;
  }

  const spec::Request& request_;
  const Host& host_;
  FrontEnd& front_end_;
  const spec::Spec& blank_;
  std::optional<HeaderTree> tree_;
  std::optional<InstalledHeaders> headers_;
  std::string definitions_;
  std::set<std::string> names_;
};

// In libbpf's style a section names the probe, whose arguments are only known when it is looked up. The request with
// what reads them, if there are such programs that the first one did not know of.
std::optional<spec::Request> with_probes_of_sections(const spec::Request& request, const llvm::Module& module,
                                                     const std::vector<ProgramShape>& programs, const Host& host,
                                                     FrontEnd& front_end) {
  const auto* marker = module.getFunction("sonde_usdt_readarg");
  if (!marker || marker->use_empty()) return std::nullopt;
  std::optional<spec::Request> extended;
  for (const auto& program : programs) {
    bool is_known = std::ranges::any_of(request.usdt, [&](const auto& each) { return each.program == program.name; });
    if (program.hook.kind != HookKind::kUsdt || program.hook.target.empty() || is_known) continue;
    auto readers = host.usdt_readers(program.name, program.hook.target);
    if (!readers) {
      front_end.error(fmt::format("usdt/{}: {}", program.hook.target, readers.error().what), program.line, 1);
      continue;
    }
    if (!extended) extended = request;
    extended->preamble += readers->preamble;
    for (auto& each : readers->usdt) extended->usdt.push_back(std::move(each));
  }
  return extended;
}

}  // namespace

Result<std::string> compile(const spec::Request& request, const Host& host) {
  release_code_pages();  // of what ran before main
  ASSIGN_OR_RETURN(Target target, Target::open(request, host));
  spec::Spec spec;
  spec.source_name = request.file_name;
  spec.made_by = base::kVersion;
  spec.target = request.release;
  spec.portable = request.portable;

  FrontEnd front_end(request, target, host);
  if (request.debug & kPrintPreprocessed) host.output(front_end.preprocessed());
  llvm::LLVMContext context;
  std::vector<ProgramShape> programs;
  const spec::Spec blank = spec;
  Translator translator(request, host, front_end, blank);
  auto module = translator.translate(context, spec, programs);
  if (auto remark = translator.remark(); !remark.empty() && module) host.diagnostics(remark);
  for (const auto& file : front_end.user_files().opened) host.used_file(file);
  if (!module) {
    front_end.flush_diagnostics();
    return tl::unexpected(module.error());
  }
  if (auto extended = with_probes_of_sections(request, **module, programs, host, front_end)) {
    return compile(*extended, host);
  }
  if (front_end.has_errors()) {
    front_end.flush_diagnostics();
    return base::fail(ErrorKind::kCompile, "the program does not compile");
  }
  name_main_file(**module);
  release_code_pages();  // clang's is not needed any more
  auto object = generate(**module, programs, spec, backend_options(request, host, front_end));
  bool mistaken = front_end.has_errors();
  front_end.flush_diagnostics();
  if (object && mistaken) return base::fail(ErrorKind::kCompile, "the program does not compile");
  return object;
}

}  // namespace sonde::compile
