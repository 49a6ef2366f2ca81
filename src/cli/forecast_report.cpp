#include "cli/forecast_report.h"

#include <cmath>

#include "cli/output.h"
#include "cli/text.h"
#include "model/findings.h"

namespace itemize::cli {
namespace {

std::string rounded(double number) { return with_commas(static_cast<std::uint64_t>(std::llround(number))); }

}  // namespace

std::string forecast_text(const pipeline::Forecast& forecast, int connections) {
  std::string text = "\nforecast, from a short look at each table\n";
  Columns sources({"source", ">rows (about)", ">read in"});
  for (const pipeline::Forecast::Source& source : forecast.sources)
    sources.add({source.name, with_commas(source.rows), duration_text(source.seconds)});
  text += sources.to_string("  ");
  Columns tables({"table", ">items", ">WCU", ">WCU/s", "of", ">written in"});
  for (const pipeline::Forecast::Table& table : forecast.tables)
    tables.add({table.name, rounded(table.items), rounded(table.write_units), rounded(table.rate), table.rate_of,
                duration_text(table.write_units / table.rate)});
  text += tables.to_string("  ");
  text += "the snapshot is held for about " + duration_text(forecast.snapshot_seconds()) + " with " +
          counted(static_cast<std::uint64_t>(connections), "connection") + "; a load takes about " +
          duration_text(forecast.load_seconds()) + (forecast.at_least ? ", and longer for rows that are joined" : "") + "\n";
  if (!forecast.unknown.empty())
    text += "not counted, because the source does not tell their sizes: " + model::list_words(forecast.unknown) + "\n";
  return text;
}

std::string age_warning(const pipeline::Forecast& forecast, std::chrono::milliseconds most) {
  const double seconds = std::chrono::duration<double>(most).count();
  if (forecast.snapshot_seconds() <= seconds) return "";
  return "WARNING: with --max-snapshot-age of " + duration_text(seconds) +
         " the load would be stopped before everything is read: take more --connections, a replica, or a longer age";
}

json::Value forecast_json(const pipeline::Forecast& forecast) {
  json::Array sources;
  for (const pipeline::Forecast::Source& source : forecast.sources)
    sources.push_back(
        {json::Object{{"source", {source.name}}, {"rows", json_number(source.rows)}, {"read_seconds", json_real(source.seconds)}}});
  json::Array tables;
  for (const pipeline::Forecast::Table& table : forecast.tables)
    tables.push_back({json::Object{{"table", {table.name}},
                                   {"items", json_real(table.items)},
                                   {"write_units", json_real(table.write_units)},
                                   {"rate", json_real(table.rate)},
                                   {"write_seconds", json_real(table.write_units / table.rate)}}});
  return {json::Object{{"sources", {std::move(sources)}},
                       {"tables", {std::move(tables)}},
                       {"snapshot_seconds", json_real(forecast.snapshot_seconds())},
                       {"load_seconds", json_real(forecast.load_seconds())}}};
}

}  // namespace itemize::cli
