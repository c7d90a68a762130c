using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A model with parameters: what predict, score, sample, show, the summary and the saved file need of it.</summary>
internal abstract class FittedModel
{
    /// <summary>The kind of model.</summary>
    public abstract ModelKind Kind { get; }

    /// <summary>What it is, such as "Gaussian mixture, full covariances".</summary>
    public virtual string Title => Kind.Title;

    /// <summary>What the summary begins with.</summary>
    public virtual string Heading => $"{Title}: {Numbers.Count(Components, ComponentWord)}";

    /// <summary>What it is that costs the information which standard errors report as missing.</summary>
    public virtual string Unknown => "not knowing the rows' components";

    /// <summary>The columns it reads, in order.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The number of components.</summary>
    public abstract int Components { get; }

    /// <summary>What a component is called.</summary>
    public virtual string ComponentWord => "component";

    /// <summary>The names of the first components, where labels gave them some; the others have numbers.</summary>
    public IReadOnlyList<string> LabelNames { get; set; } = [];

    /// <summary>What the component of a row is called: its name, its number from 1, or noise for −1.</summary>
    public string NameOf(int component) =>
        component < 0 ? Prediction.Noise : component < LabelNames.Count ? LabelNames[component] : (component + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Structure and the like, by name: beside the parameters in files and in JSON.</summary>
    public virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>();

    /// <summary>Figures that only this model has, such as the inertia of k-means.</summary>
    public virtual IReadOnlyDictionary<string, double> Figures => new Dictionary<string, double>();

    /// <summary>The parameters as JSON, from which <see cref="ModelKind.Load"/> makes a model that computes the same bits.</summary>
    public abstract JsonElement Parameters();

    /// <summary>The part of the reader's options that this model decides, for new data.</summary>
    public virtual DataOptions Prepare(DataOptions options) => options;

    /// <summary>The names of the categories of a column, by code; null for a column of numbers.</summary>
    public virtual IReadOnlyList<string>? Levels(int column) => null;

    /// <summary>Whether a parameter, by its name in tables of standard errors, is an effect of which one asks whether it is 0.</summary>
    public virtual bool IsEffect(string parameter) => false;

    /// <summary>Label and posterior (or the like) per row.</summary>
    public abstract Prediction Predict(IRowSource rows, int threads);

    /// <summary>The same with the table that the rows come from, which knows their sequences.</summary>
    public virtual Prediction Predict(IRowSource rows, RowTable? table, int threads) => Predict(rows, threads);

    /// <summary>How far each row is from what the model expects there.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="table">The table that they come from.</param>
    /// <param name="kind">What they are compared with: ordinary or forecast.</param>
    /// <param name="threads">Threads to use.</param>
    /// <exception cref="UsageException">The model has no such residuals.</exception>
    public virtual Prediction Residuals(IRowSource rows, RowTable table, string kind, int threads) =>
        throw new UsageException($"Expected a hidden Markov model for --residuals, found {Kind.Title.ToLowerInvariant()}. Leave it out.");

    /// <summary>The log-likelihood (or the like) per row.</summary>
    public abstract RowScores Score(IRowSource rows, int threads);

    /// <summary>The same with the table that the rows come from, which knows their sequences.</summary>
    public virtual RowScores Score(IRowSource rows, RowTable? table, int threads) => Score(rows, threads);

    /// <summary>How unlike everything that the model knows each row is; null where the model cannot say.</summary>
    public virtual RowColumns? Outliers(IRowSource rows, int threads) => null;

    /// <summary>Draws rows: row-major values, and the component of each.</summary>
    /// <exception cref="UsageException">The model has no density to draw from.</exception>
    public abstract (double[] Values, int[] Labels) Sample(int count, ulong seed);

    /// <summary>Draws a value for each row of what the model takes as given: what it is called, its values, and the component of each.</summary>
    /// <exception cref="UsageException">The model takes nothing as given.</exception>
    public virtual (string Name, double[] Values, int[] Labels) SampleGiven(IRowSource rows, ulong seed) =>
        throw new UsageException($"Expected a model of responses given rows, such as mixreg, to draw with data, found {Kind.Name}. Leave the data out, and say how many rows with -n.");

    /// <summary>The two steps of EM at these parameters, for statistics that are kept in files; null where the model has none on rows by themselves.</summary>
    public virtual IModelSteps? Steps => null;

    /// <summary>The parameters as tables.</summary>
    /// <param name="width">Characters per line.</param>
    /// <param name="full">Whether to print everything, however much.</param>
    public abstract IEnumerable<Section> Describe(int width, bool full);
}

/// <summary>What a model says of each row.</summary>
/// <param name="Labels">The component of each row, from 0, or −1 for noise; null for a model without components.</param>
/// <param name="ValueNames">Names of the further values.</param>
/// <param name="Values">Row-major, rows × names.</param>
internal sealed record Prediction(int[]? Labels, IReadOnlyList<string> ValueNames, double[] Values)
{
    /// <summary>What rows of no component are called.</summary>
    public const string Noise = "noise";

    /// <summary>The prediction of a mixture from its responsibilities, with those of its noise where it has some.</summary>
    /// <param name="responsibilities">Row-major, rows × components.</param>
    /// <param name="components">The number of components.</param>
    /// <param name="noise">Whether there is noise.</param>
    public static Prediction Of(double[] responsibilities, int components, bool noise)
    {
        int[] labels = Posterior.Labels(responsibilities, components);
        string[] names = [.. Enumerable.Range(1, components).Select(k => $"p{k}")];
        if (!noise)
        {
            return new Prediction(labels, names, responsibilities);
        }
        double[] values = new double[labels.Length * (components + 1)];
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<double> own = responsibilities.AsSpan(row * components, components);
            own.CopyTo(values.AsSpan(row * (components + 1)));
            values[row * (components + 1) + components] = Posterior.Noise(own);
        }
        return new Prediction(labels, [.. names, Noise], values);
    }
}

/// <summary>Further values of each row.</summary>
/// <param name="Names">What they are called.</param>
/// <param name="Values">Row-major, rows × names.</param>
internal sealed record RowColumns(IReadOnlyList<string> Names, double[] Values)
{
    /// <summary>Columns side by side.</summary>
    public static RowColumns Of(params (string Name, double[] Values)[] columns)
    {
        double[] values = new double[columns[0].Values.Length * columns.Length];
        for (int cell = 0; cell < values.Length; cell++)
        {
            values[cell] = columns[cell % columns.Length].Values[cell / columns.Length];
        }
        return new RowColumns([.. columns.Select(column => column.Name)], values);
    }

    /// <summary>These columns after others.</summary>
    public RowColumns After(IReadOnlyList<string> names, double[] values)
    {
        int width = names.Count + Names.Count;
        int rows = Values.Length / Names.Count;
        double[] joined = new double[rows * width];
        for (int row = 0; row < rows; row++)
        {
            values.AsSpan(row * names.Count, names.Count).CopyTo(joined.AsSpan(row * width));
            Values.AsSpan(row * Names.Count, Names.Count).CopyTo(joined.AsSpan(row * width + names.Count));
        }
        return new RowColumns([.. names, .. Names], joined);
    }
}

/// <summary>How well rows fit a model.</summary>
/// <param name="Name">What is scored, as in JSON: logLikelihood or inertia.</param>
/// <param name="Total">The weighted sum.</param>
/// <param name="PerRow">One per row, without weights.</param>
internal sealed record RowScores(string Name, double Total, double[] PerRow);
