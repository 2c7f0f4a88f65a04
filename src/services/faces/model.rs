//! The trained cascade: read once, when the first picture is judged.

use std::sync::OnceLock;

/// The model of the `SeetaFace` Engine, 1.2 MB; its licence (BSD 2-Clause) stands beside it.
static BYTES: &[u8] = include_bytes!("seeta_fd_frontal_v1.0.bin");

/// Stages of a quick look at many windows.
pub(super) struct Quick {
    /// Where in the window each local pattern is taken.
    pub places: Vec<(usize, usize)>,
    /// For each place, what each of the 256 patterns counts.
    pub weights: Vec<Vec<f32>>,
    /// For each place, what must have been counted so far; looked at after every tenth.
    pub thresholds: Vec<f32>,
}

/// A small neural net that looks closely at one window.
pub(super) struct Close {
    /// The features it is fed, by their place in the pool.
    pub features: Vec<usize>,
    /// What its first output must exceed.
    pub threshold: f32,
    /// Its layers; the last one is the output.
    pub layers: Vec<Layer>,
}

/// A layer that is connected in full.
pub(super) struct Layer {
    /// One row of weights for each output.
    pub rows: Vec<Vec<f32>>,
    /// One for each output.
    pub biases: Vec<f32>,
}

/// Nets that follow each other on the windows of some earlier branches.
pub(super) struct Branch {
    /// The branches whose windows it takes; it puts its own in the place of the first.
    pub sources: Vec<usize>,
    /// One after another.
    pub nets: Vec<Close>,
}

/// The whole cascade: one quick look for each way a head may be turned, then levels of branches that merge them.
pub(super) struct Model {
    /// The first level.
    pub quick: Vec<Quick>,
    /// The levels after it.
    pub levels: Vec<Vec<Branch>>,
}

/// The model, or `None` if the file in the binary is not what it must be.
pub(super) fn model() -> Option<&'static Model> {
    static MODEL: OnceLock<Option<Model>> = OnceLock::new();
    MODEL.get_or_init(|| Reader(BYTES).model()).as_ref()
}

/// Little-endian numbers, one after another.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn four(&mut self) -> Option<[u8; 4]> {
        let (four, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*four)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(i32::from_le_bytes(self.four()?)).ok()
    }

    fn weight(&mut self) -> Option<f32> {
        self.four().map(f32::from_le_bytes)
    }

    fn many<T>(&mut self, number: usize, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..number).map(|_| one(self)).collect()
    }

    fn model(mut self) -> Option<Model> {
        let levels = self.count()?;
        let mut quick = Vec::new();
        for _ in 0..self.count()? {
            let (stages, kind) = (self.count()?, self.count()?);
            if (stages, kind) != (1, 0) {
                return None;
            }
            quick.push(self.quick()?);
            // No sources: minus one of them.
            if self.four()? != (-1_i32).to_le_bytes() {
                return None;
            }
        }
        let levels = self.many(levels.checked_sub(1)?, |reader| {
            let branches = reader.count()?;
            reader.many(branches, Self::branch)
        })?;
        let known =
            |branch: &Branch| !branch.sources.is_empty() && branch.sources.iter().all(|&source| source < quick.len());
        (self.0.is_empty() && levels.iter().flatten().all(known)).then_some(Model { quick, levels })
    }

    fn quick(&mut self) -> Option<Quick> {
        let (number, patterns) = (self.count()?, self.count()?);
        Some(Quick {
            places: self.many(number, |reader| Some((reader.count()?, reader.count()?)))?,
            thresholds: self.many(number, Self::weight)?,
            weights: self.many(number, |reader| reader.many(patterns + 1, Self::weight))?,
        })
    }

    fn branch(&mut self) -> Option<Branch> {
        let stages = self.count()?;
        let nets = self.many(stages, |reader| if reader.count()? == 1 { reader.close() } else { None })?;
        let sources = self.count()?;
        Some(Branch { nets, sources: self.many(sources, Self::count)? })
    }

    fn close(&mut self) -> Option<Close> {
        let (layers, features) = (self.count()?, self.count()?);
        let features = self.many(features, |reader| reader.count()?.checked_sub(1))?;
        let threshold = self.weight()?;
        let mut inputs = self.count()?;
        let layers = self.many(layers.checked_sub(1)?, |reader| {
            let outputs = reader.count()?;
            let rows = reader.many(outputs, |reader| reader.many(inputs, Self::weight))?;
            inputs = outputs;
            Some(Layer { rows, biases: reader.many(outputs, Self::weight)? })
        })?;
        // A face's place and width are read from the outputs.
        (layers.last()?.rows.len() >= 4).then_some(Close { features, threshold, layers })
    }
}
