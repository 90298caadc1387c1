#include "compile/passes/fatal_errors.h"

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/Support/ErrorHandling.h>

#include <fmt/format.h>

namespace sonde::compile {
namespace {

// "Cannot select: 0x5601: i64,ch = AtomicLoadNand<(load …)> …\nIn function: count": the part before the addresses.
std::string readable(llvm::StringRef reason) {
  llvm::StringRef line = reason.split('\n').first;
  if (!line.consume_front("Cannot select: ")) return line.str();
  llvm::StringRef operation = line.split(" = ").second.take_until([](char c) { return c == '<' || c == ' '; });
  return fmt::format("BPF has no instruction for '{}'", std::string_view(operation.empty() ? line : operation));
}

}  // namespace

FatalErrors::FatalErrors(const llvm::Module& module, const BackendOptions& options)
    : module_(module), options_(options) {
  llvm::install_fatal_error_handler(explain, this);
}

FatalErrors::~FatalErrors() { llvm::remove_fatal_error_handler(); }

void FatalErrors::explain(void* self, const char* text, bool) {
  const auto& errors = *static_cast<FatalErrors*>(self);
  llvm::StringRef reason(text);
  auto* function = errors.module_.getFunction(reason.split("In function: ").second.split('\n').first);
  const auto* described = function ? function->getSubprogram() : nullptr;
  errors.options_.error(readable(reason), described ? described->getLine() : 0, 1);
  errors.options_.give_up();
}

}  // namespace sonde::compile
