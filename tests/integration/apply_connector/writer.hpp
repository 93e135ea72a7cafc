#pragma once
#include <chrono>
#include <pqxx/pqxx>
#include <string>
#include <thread>

/// Inserts orders all the time until it is destroyed.
struct Writer {
  explicit Writer(const std::string& url)
      : thread{[url](const std::stop_token& stop) {
          pqxx::connection session{url};
          while (!stop.stop_requested()) {
            pqxx::nontransaction{session}.exec("insert into orders default values");
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
          }
        }} {}
  std::jthread thread;
};
