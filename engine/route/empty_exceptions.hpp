#pragma once

#include "record/view.hpp"
#include "route/rewritten.hpp"

namespace xylem::route {

/// Of a record whose call had no exception to attach (xylem::exception() outside a catch block):
/// the same without that argument, in `into`. False when there is none to leave out. The payload
/// has its texts (stacks::unpack_payload()).
bool leave_out_empty_exceptions(const record::View& view, Rewritten& into);

}  // namespace xylem::route
