using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>A model of a response given terms, as the command uses it.</summary>
internal abstract class FittedResponse(RegressionKind kind, RegressionDesign design) : FittedModel
{
    public override ModelKind Kind => kind;

    public override IReadOnlyList<string> Columns => design.Variables.Names;

    public override DataOptions Prepare(DataOptions options) => options with { TextCells = TextCells.Categories };

    public override RowScores Score(IRowSource rows, int threads)
    {
        double[] density = LogDensity(rows, threads);
        double total = 0;
        for (int row = 0; row < density.Length; row++)
        {
            total += rows.Weight(row) > 0 ? rows.Weight(row) * density[row] : 0;
        }
        return new RowScores("logLikelihood", total, density);
    }

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) =>
        throw new UsageException("Expected rows of terms for a model of mixreg to draw responses for, found none. Name them after the model, without -n: one response is drawn for each.");

    public override (string Name, double[] Values, int[] Labels) SampleGiven(IRowSource rows, ulong seed)
    {
        (double[] responses, int[] labels) = Draw(rows, seed);
        return (design.Formula.ResponseName!, responses, labels);
    }

    /// <summary>log p(y | terms) of each row.</summary>
    protected abstract double[] LogDensity(IRowSource rows, int threads);

    /// <summary>A response for each row, and the component that it comes from.</summary>
    protected abstract (double[] Responses, int[] Labels) Draw(IRowSource rows, ulong seed);

    /// <summary>A line per term, and one for the dispersion where there is one, the components side by side.</summary>
    public static void AddTerms(TextTable table, RegressionDesign design, IReadOnlyList<RegressionComponent> components)
    {
        for (int term = 0; term < design.TermNames.Count; term++)
        {
            int place = term;
            table.Add([design.TermNames[term], .. components.Select(component => Numbers.Short(component.Coefficients[place], 5))]);
        }
        if (design.Response.DispersionName is { } dispersion)
        {
            bool gaussian = design.Response == ResponseFamily.Gaussian;
            table.Add([gaussian ? "(sigma)" : $"({dispersion})", .. components.Select(component => Numbers.Short(gaussian ? Math.Sqrt(component.Dispersion) : component.Dispersion, 5))]);
        }
    }
}
