using Latent.Data;
using Latent.Families;

namespace Latent.Markov;

/// <summary>What hidden Markov models ask of sequences before they start, each failure a sentence with its remedy.</summary>
internal static class SequenceChecks
{
    /// <summary>
    /// At least one observed step; cells that the family can take; labels that are states; one weight for each sequence.
    /// </summary>
    /// <returns>The rows that have an observed cell, for starts and summaries.</returns>
    public static RowSource Check<TComponent>(SequenceSource sequences, HiddenMarkovModel<TComponent> model)
    {
        if (sequences.Schema.Count != model.Columns)
        {
            throw new ArgumentException($"Expected steps of {model.Columns} columns, found {sequences.Schema.Count}.", nameof(sequences));
        }
        if (sequences.Steps == 0)
        {
            throw new ArgumentException("Expected at least one step, found none.", nameof(sequences));
        }
        foreach (int label in sequences.Labels.Span)
        {
            if (label >= model.States)
            {
                throw new ArgumentException($"Expected labels of known states from 0 to {model.States - 1} (or -1 where nothing is known), found {label}.", nameof(sequences));
            }
        }
        CheckWeights(sequences);
        RowSource observed = Observed(sequences.Rows);
        if (observed.Rows == 0)
        {
            throw new ArgumentException("Expected at least one observed step, found that every cell of all is missing.", nameof(sequences));
        }
        RequireSupport(model.Family, observed);
        return observed;
    }

    /// <summary>The rows that have an observed cell; the same object where all have.</summary>
    private static RowSource Observed(RowSource rows)
    {
        if (!rows.HasMissing)
        {
            return rows;
        }
        RowBuilder builder = new(rows.Columns);
        List<double> weights = [];
        double[] cells = new double[rows.Columns];
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                chunk.CopyRow(row, cells);
                if (!Array.TrueForAll(cells, double.IsNaN))
                {
                    builder.Add(cells);
                    weights.Add(chunk.Weights.IsEmpty ? 1 : chunk.Weights[row]);
                }
            }
        }
        RowSource observed = builder.ToRows(rows.Schema);
        return rows.HasWeights ? observed.WithWeights(weights.ToArray()) : observed;
    }

    private static void RequireSupport<TComponent>(IFamily<TComponent, RowTile> family, RowSource observed)
    {
        if (family is not ISupportFamily support)
        {
            RowChecks.RequireComplete(observed, "these emissions, but for steps that are missing as a whole");
            return;
        }
        if (!support.TakesMissing)
        {
            RowChecks.RequireComplete(observed, "these emissions, but for steps that are missing as a whole");
        }
        double[] cells = new double[observed.Columns];
        for (int index = 0; index < observed.ChunkCount; index++)
        {
            RowChunk chunk = observed.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                chunk.CopyRow(row, cells);
                if (support.Misfit(cells) is { } misfit)
                {
                    throw new ArgumentException($"Expected {misfit.Expected} in column '{observed.Schema[misfit.Column].Name}', found {cells[misfit.Column]:R}. Correct it, or choose another family.", nameof(observed));
                }
            }
        }
    }

    private static void CheckWeights(SequenceSource sequences)
    {
        double total = 0;
        for (int index = 0; index < sequences.ChunkCount && sequences.Rows.HasWeights; index++)
        {
            SequenceChunk chunk = sequences.GetChunk(index);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                double weight = chunk.Weight(sequence);
                total += weight;
                if (chunk[sequence].Weights.IndexOfAnyExcept(weight) is var step and >= 0)
                {
                    throw new ArgumentException(
                        $"Expected one weight for all steps of a sequence, which is one observation, found {weight:R} and {chunk[sequence].Weights[step]:R} in number {chunk.FirstSequence + sequence + 1}. Give each step the weight of its sequence.", nameof(sequences));
                }
            }
        }
        if (sequences.Rows.HasWeights && !(total > 0))
        {
            throw new ArgumentException("Expected weights of sequences with a positive sum, found 0.", nameof(sequences));
        }
    }
}
