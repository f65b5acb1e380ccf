//! Figures: samples of the same thing, and what is told of them.

use serde::Serialize;

use crate::stand::Cpu;

/// What is measured, taken several times.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    pub(crate) unit: Unit,
    pub(crate) samples: Vec<f64>,
    /// The last sample's.
    pub(crate) cpu: Option<Cpu>,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Unit {
    PerSecond,
    Micros,
    Megabytes,
    Number,
}

// === impl Figure ===

impl Figure {
    pub(crate) fn new(unit: Unit) -> Self {
        Self { unit, samples: Vec::new(), cpu: None }
    }

    pub(crate) fn of(unit: Unit, value: f64) -> Self {
        Self { unit, samples: vec![value], cpu: None }
    }

    pub(crate) fn add(&mut self, sample: f64, cpu: Cpu) {
        self.samples.push(sample);
        self.cpu = Some(cpu);
    }

    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        let middle = sorted.len() / 2;
        match sorted.as_slice() {
            [] => f64::NAN,
            // An even number: between the two in the middle.
            even if even.len() % 2 == 0 => f64::midpoint(even[middle - 1], even[middle]),
            odd => odd[middle],
        }
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// The median, and how far the samples lie from it.
    pub(crate) fn told(&self) -> String {
        let median = self.unit.told(self.median());
        match self.sorted().as_slice() {
            [least, .., most] => {
                let (least, most) = (self.unit.plain(*least), self.unit.plain(*most));
                format!("{median} ({least}–{most})")
            }
            _ => median,
        }
    }

    /// How many times the least the most is.
    pub(crate) fn times_apart(&self) -> f64 {
        match self.sorted().as_slice() {
            [least, .., most] => most / least,
            _ => 1.0,
        }
    }

    /// What is left when another is taken away, sample by sample: they were taken in turn.
    pub(crate) fn less(&self, other: &Self) -> Self {
        let pairs = self.samples.iter().zip(&other.samples);
        Self { unit: self.unit, samples: pairs.map(|(a, b)| a - b).collect(), cpu: self.cpu }
    }
}

/// The place of the one with the greatest median.
pub(crate) fn best(figures: &[Figure]) -> usize {
    let by_median = |a: &usize, b: &usize| figures[*a].median().total_cmp(&figures[*b].median());
    (0..figures.len()).max_by(by_median).unwrap_or(0)
}

// === impl Unit ===

impl Unit {
    fn told(self, value: f64) -> String {
        let plain = self.plain(value);
        match self {
            Self::PerSecond => format!("{plain}/s"),
            Self::Micros => format!("{plain} µs"),
            Self::Megabytes => format!("{plain} MB"),
            Self::Number => plain,
        }
    }

    fn plain(self, value: f64) -> String {
        match self {
            Self::Number => format!("{value:.3}"),
            Self::Megabytes if value < 100.0 => format!("{value:.1}"),
            _ => format!("{value:.0}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(samples: &[f64]) -> Figure {
        Figure { unit: Unit::Micros, samples: samples.to_vec(), cpu: None }
    }

    #[test]
    fn the_median_is_in_the_middle() {
        for (samples, median) in
            [(&[3.0, 1.0, 2.0][..], 2.0), (&[4.0, 1.0][..], 2.5), (&[7.0][..], 7.0)]
        {
            assert!((figure(samples).median() - median).abs() < 1e-9, "{samples:?}");
        }
        assert!(figure(&[]).median().is_nan());
    }

    #[test]
    fn the_best_has_the_greatest_median() {
        assert_eq!(best(&[figure(&[1.0, 9.0, 2.0]), figure(&[3.0]), figure(&[2.5])]), 1);
    }

    #[test]
    fn differences_are_of_neighbours() {
        let less = figure(&[10.0, 20.0, 40.0]).less(&figure(&[1.0, 2.0, 3.0]));
        assert_eq!(less.samples, [9.0, 18.0, 37.0]);
    }

    #[test]
    fn far_samples_are_many_times_apart() {
        for (samples, times) in [(&[100.0, 4_000.0, 90.0][..], 4_000.0 / 90.0), (&[9.0][..], 1.0)] {
            assert!((figure(samples).times_apart() - times).abs() < 1e-9, "{samples:?}");
        }
    }

    #[test]
    fn one_sample_has_no_spread() {
        assert_eq!(figure(&[5.0]).told(), "5 µs");
        assert_eq!(figure(&[5.0, 9.0, 6.0]).told(), "6 µs (5–9)");
    }
}
