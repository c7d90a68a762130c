using System.CommandLine;
using Latent.Cli.Output;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>
/// A model as the command knows it: its name, its own options, how it is fitted and how it is read back. A new model is one
/// class like this, one like <see cref="FittedModel"/>, and one line in <see cref="ModelRegistry"/>.
/// </summary>
internal abstract class ModelKind
{
    /// <summary>The word on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in a few words.</summary>
    public abstract string Title { get; }

    /// <summary>What it is for, in a sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>What data it takes, and how far it can be relied on.</summary>
    public abstract ModelTraits Traits { get; }

    /// <summary>Options besides those of every model.</summary>
    public abstract IReadOnlyList<Option> Options { get; }

    /// <summary>The options of a selection besides those of every selection; by default those of a fit that say nothing about the number of components.</summary>
    public virtual IReadOnlyList<Option> SearchOptions => Options;

    /// <summary>What a selection calls its <see cref="SelectedFit.Family"/>.</summary>
    public virtual string FamilyWord => "family";

    /// <summary>Fits of every combination that a selection tries, for a model whose fits start from one another; null for one whose fits are made one by one.</summary>
    public virtual List<SelectedFit>? Search(FitJob job, int[] counts, string criterion) => null;

    /// <summary>The part of the reader's options that this model decides, from its own options.</summary>
    public virtual DataOptions Prepare(DataOptions options, ParseResult parsed) => options;

    /// <summary>The families that a selection is to try; one null for a model without a choice of families.</summary>
    public virtual IReadOnlyList<string?> FamiliesOf(ParseResult parsed) => [null];

    /// <summary>Fits the model.</summary>
    public abstract ModelFit Fit(FitJob job);

    /// <summary>Reads a model back.</summary>
    /// <exception cref="DataFormatException">The parameters are not those of such a model.</exception>
    public abstract FittedModel Load(ModelFile file);
}

/// <summary>What data a model takes, and how far it can be relied on.</summary>
/// <param name="Missing">Whether rows may have missing values.</param>
/// <param name="Weights">Whether rows may have weights.</param>
/// <param name="Sequences">Whether rows form sequences.</param>
/// <param name="Maturity">stable, or preview where results may still change.</param>
internal sealed record ModelTraits(bool Missing, bool Weights, bool Sequences, string Maturity);
