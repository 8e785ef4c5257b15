//! What the steps share: started when the first of them asks for it, taken away at the end.

use std::cell::OnceCell;
use std::path::PathBuf;

use anyhow::Result;

use crate::postgres::{Cluster, Use};
use crate::program::{self, Program};
use crate::python;

#[derive(Debug, Default)]
pub struct Workbench {
    cluster: OnceCell<Cluster>,
    python: OnceCell<PathBuf>,
    binary: OnceCell<PathBuf>,
}

impl Workbench {
    /// The URL of a PostgreSQL that tests may do anything to.
    pub fn database_url(&self) -> Result<&str> {
        if self.cluster.get().is_none() {
            let started = Cluster::start(Use::Tests)?;
            self.cluster.get_or_init(|| started);
        }
        Ok(&self.cluster.get().expect("it was just started").url)
    }

    /// The Python of the checks, with its packages.
    pub fn python(&self) -> Result<&PathBuf> {
        if self.python.get().is_none() {
            let made = python::environment()?;
            self.python.get_or_init(|| made);
        }
        Ok(self.python.get().expect("it was just made"))
    }

    /// The product's binary as the tests build it.
    pub fn binary(&self) -> Result<&PathBuf> {
        if self.binary.get().is_none() {
            // Together with the tests: built alone, its dependencies would get other features and be built twice.
            Program::cargo().args(["build", "--workspace", "--bins", "--tests"]).run()?;
            self.binary.get_or_init(|| program::target().join("debug").join("jina-connect"));
        }
        Ok(self.binary.get().expect("it was just built"))
    }

    /// The environment that every test may count on.
    pub fn test_environment(&self) -> Result<Vec<(&'static str, String)>> {
        let python = self.python()?.to_string_lossy().into_owned();
        Ok(vec![("TEST_DATABASE_URL", self.database_url()?.to_owned()), ("CHECKS_PYTHON", python)])
    }
}
