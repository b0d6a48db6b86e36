//! The `gatewright` binary: command line and configuration, and the parts wired into one of
//! three shapes. Thin: what it starts lives in the crates.

mod admin;
mod command_line;
mod config;
mod issuance;
mod listen_file;
mod port;
mod roles;
mod shutdown;
mod traffic;

use std::process::ExitCode;

use clap::Parser;

use crate::command_line::{Command, CommandLine};
use crate::config::Config;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(&CommandLine::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            command_line::complain(&format!("gatewright: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command_line: &CommandLine) -> anyhow::Result<()> {
    let config = Config::load(command_line.command.flags(), std::env::vars())?;
    if matches!(command_line.command, Command::Check(_)) {
        command_line::say("The configuration is valid.");
        return Ok(());
    }
    gatewright_observe::start_logging(config.log.format, &config.log.filter)?;
    match &command_line.command {
        Command::Keys(command) => roles::keys(&config, command),
        Command::Serve(_) => roles::serve(&config),
        Command::ControlPlane(_) => roles::control_plane(&config),
        Command::DataPlane(_) => roles::data_plane(&config),
        Command::Migrate(_) => roles::migrate(&config),
        Command::Check(_) => Ok(()),
    }
}
