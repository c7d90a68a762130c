using System.Globalization;

namespace Latent.Families;

/// <summary>A family by name, for one block of columns: written <c>poisson</c>, <c>binomial:14</c> or, for three columns, <c>gaussian/3</c>.</summary>
/// <param name="Name">One of <see cref="FamilyCatalog.Names"/>.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Arguments">What the family takes besides, such as the number of trials or the ends of a window.</param>
public sealed record FamilyChoice(string Name, int Columns = 1, params IReadOnlyList<double> Arguments)
{
    /// <summary>The choice that a text describes.</summary>
    /// <exception cref="ArgumentException">There is no such family, or a part of the text is no number.</exception>
    public static FamilyChoice Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        string[] parts = text.Split('/', 2);
        string[] words = parts[0].Split(':');
        int columns = 1;
        if (parts.Length > 1 && !(int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out columns) && columns > 0))
        {
            throw new ArgumentException($"Expected a number of columns after '/', found '{parts[1]}'.", nameof(text));
        }
        double[] arguments = new double[words.Length - 1];
        for (int index = 0; index < arguments.Length; index++)
        {
            arguments[index] = double.TryParse(words[index + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && !double.IsNaN(value)
                ? value
                : throw new ArgumentException($"Expected numbers after '{words[0]}:', found '{words[index + 1]}'.", nameof(text));
        }
        return FamilyCatalog.Names.Contains(words[0])
            ? new FamilyChoice(words[0], columns, arguments)
            : throw new ArgumentException($"Expected a family, one of {string.Join(", ", FamilyCatalog.Names)}, found '{words[0]}'.", nameof(text));
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() =>
        string.Join(':', [Name, .. Arguments.Select(argument => argument.ToString("R", CultureInfo.InvariantCulture))]) + (Columns > 1 ? $"/{Columns}" : "");
}
