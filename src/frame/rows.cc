// Rows: one line an event.
#include "frame/columns.h"
#include "frame/shape.h"

namespace sonde::frame {
namespace {

class RowsShape : public Shape {
 public:
  RowsShape(Stage& stage, const Rows& rows)
      : stage_(stage), rows_(rows), columns_(stage.spec(), stage.choices, stage.surroundings) {
    columns_.add_first(rows.row);
  }

  Status open() override {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(rows_.map));
    auto show = [this](const void* data, uint32_t size) {
      put({static_cast<const char*>(data), size});
      return 0;
    };
    return map.open_ring_buffer(show, [](int, uint64_t) {});  // losses are told at the end
  }

  void begin() override {
    if (stage_.choices.format == Format::kText) put_line(columns_.header());
    if (stage_.choices.format == Format::kCsv) put_line(columns_.csv_header());
  }

 private:
  void put(std::string_view row) {
    switch (stage_.choices.format) {
      case Format::kText: return put_line(columns_.line({row}));
      case Format::kJson: return put_json(columns_.json({row}));
      case Format::kCsv: return put_line(columns_.csv_line({row}));
    }
  }

  Stage& stage_;
  const Rows& rows_;
  Columns columns_;
};

}  // namespace

std::unique_ptr<Shape> make_rows(Stage& stage, const Rows& rows) { return std::make_unique<RowsShape>(stage, rows); }

}  // namespace sonde::frame
