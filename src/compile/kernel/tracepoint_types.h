// `struct tracepoint__CATEGORY__EVENT`: what TRACEPOINT_PROBE programs call `args`, made from the event's format file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compile/kernel/kernel_types.h"
#include "kernel/tracefs.h"
#include "spec/spec.h"

namespace sonde::compile {

class TracepointTypes {
 public:
  explicit TracepointTypes(KernelTypes& types) : types_(types) {}

  // The record of the name tracepoint__CATEGORY__EVENT; nullptr if the name is not of that form or the kernel has no
  // such event.
  clang::RecordDecl* find(llvm::StringRef name);

  // The events whose arguments the program reads, with the fields it names.
  std::vector<spec::Tracepoint> used() const;

 private:
  struct Event {
    std::string category;
    std::string event;
    clang::RecordDecl* record = nullptr;
    std::vector<std::pair<clang::FieldDecl*, kernel::FormatField>> fields;
  };
  bool build(Event& event, llvm::StringRef name);
  clang::QualType field_type(const kernel::FormatField& field);
  clang::QualType named_type(llvm::StringRef name);

  KernelTypes& types_;
  std::map<std::string, Event, std::less<>> events_;
};

}  // namespace sonde::compile
