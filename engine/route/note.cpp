#include "route/note.hpp"

#include <utility>

#include "format/attribute.hpp"
#include "format/fields.hpp"

namespace xylem::route {
namespace {

using format::Attribute;

std::string text_of(Attribute attribute, const record::View& view) {
  std::string scratch;
  const record::Value value = format::read_attribute(attribute, view, scratch);
  return value.type == record::Value::Type::text ? std::string{value.text} : std::string{};
}

std::uint64_t number_of(Attribute attribute, const record::View& view) {
  std::string scratch;
  const record::Value value = format::read_attribute(attribute, view, scratch);
  const bool is_number =
      value.type == record::Value::Type::int64 || value.type == record::Value::Type::uint64;
  return is_number ? value.uint64 : 0;
}

}  // namespace

HeldBack::HeldBack(const record::View& view)
    : logger{view.logger},
      levelno{view.levelno()},
      pathname{text_of(Attribute::pathname, view)},
      function{text_of(Attribute::func_name, view)},
      line{static_cast<std::uint32_t>(number_of(Attribute::lineno, view))},
      thread{number_of(Attribute::thread, view)},
      thread_name{text_of(Attribute::thread_name, view)} {}

void make_record(const Note& note, std::int64_t time_ns, Rewritten& into) {
  static const record::Thread nobody{};
  record::Foreign& record = into.foreign = {};
  record.levelno = note.of.levelno;
  record.message = into.keep(note.message);
  const std::string_view pathname = into.keep(note.of.pathname);
  const std::string_view file = format::base_name(pathname);
  record.pathname.emplace(pathname);
  record.filename.emplace(file);
  record.module.emplace(format::stem(file));
  record.func_name = into.keep(note.of.function);
  record.lineno.emplace(note.of.line);
  record.thread.emplace(note.of.thread);
  record.thread_name.emplace(into.keep(note.of.thread_name));
  record.extras.push_back({note.key, into.keep(std::to_string(note.count))});
  into.view = {&record::site(record::foreign_site),
               into.keep(note.of.logger),
               &nobody,
               time_ns,
               nullptr,
               &record};
}

}  // namespace xylem::route
