using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Latent.Cli.Output;

/// <summary>Prints headings, lines and tables to standard output: in colour where a person reads, as plain text elsewhere.</summary>
internal sealed class TextReport
{
    private readonly Terminal _terminal;
    private readonly IAnsiConsole _console;
    private readonly StringBuilder _buffer;
    private readonly bool _colors;
    private bool _begun;

    public TextReport(Terminal terminal)
    {
        _terminal = terminal;
        StringWriter writer = new();
        _buffer = writer.GetStringBuilder();
        _colors = terminal.OutIsTerminal && terminal.Colors;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = _colors ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = _colors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        _console.Profile.Width = int.MaxValue / 4;
        _console.Profile.Capabilities.Unicode = true;
    }

    /// <summary>A line that stands out.</summary>
    public void Heading(string text) => Print(new Text(text + "\n", new Style(decoration: Decoration.Bold)));

    /// <summary>A line, broken where the window ends.</summary>
    public void Line(string text = "")
    {
        foreach (string part in Wrap(text, _terminal.Width))
        {
            Print(new Text(part + "\n"));
        }
    }

    /// <summary>A part of the report, after an empty line.</summary>
    public void Write(Section section)
    {
        if (_begun)
        {
            Line();
        }
        if (section.Heading is { } heading)
        {
            Heading(heading);
        }
        foreach (string line in section.Lines ?? [])
        {
            Line(line);
        }
        if (section.Table is { } table)
        {
            Print(Render(table));
        }
        if (section.Footer is { } footer)
        {
            Line(footer);
        }
    }

    /// <summary>Lines as they are, colours included, after an empty line.</summary>
    public void Picture(IEnumerable<string> lines)
    {
        bool first = true;
        foreach (string line in lines)
        {
            _terminal.Out.Write(first ? $"\n{line}\n" : $"{line}\n");
            first = false;
        }
    }

    /// <summary>Breaks a text into lines of at most <paramref name="width"/> characters, at spaces.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        while (text.Length > width)
        {
            int space = text.LastIndexOf(' ', width);
            if (space <= 0)
            {
                break;
            }
            yield return text[..space];
            text = text[(space + 1)..];
        }
        yield return text;
    }

    // Nothing but spaces and escape sequences: the outer border of a table.
    private static bool IsBlank(ReadOnlySpan<char> line)
    {
        for (int index = 0; index < line.Length; index++)
        {
            if (line[index] == '\u001b')
            {
                index += line[index..].IndexOf('m');
            }
            else if (line[index] != ' ')
            {
                return false;
            }
        }
        return true;
    }

    private static Table Render(TextTable table)
    {
        Table grid = new() { Border = TableBorder.Simple, UseSafeBorder = false };
        grid.BorderStyle(new Style(Color.Grey));
        for (int column = 0; column < table.Headers.Count; column++)
        {
            bool left = table.Headers[column].StartsWith('<');
            string header = left ? table.Headers[column][1..] : table.Headers[column];
            grid.AddColumn(new TableColumn(new Text(header)) { NoWrap = true, Alignment = left ? Justify.Left : Justify.Right });
        }
        for (int row = 0; row < table.Rows.Count; row++)
        {
            IRenderable[] cells = Array.ConvertAll(table.Rows[row], cell => (IRenderable)new Text(cell));
            if (table.ByComponent)
            {
                cells[0] = new Text(table.Rows[row][0], new Style(Palette.Of(row)));
            }
            grid.AddRow(cells);
        }
        return grid;
    }

    // Spectre pads lines to their full width; what is printed ends where its text ends.
    private void Print(IRenderable renderable)
    {
        _buffer.Clear();
        Draw(renderable);
        string[] lines = _buffer.ToString().Split('\n');
        int last = lines.Length - (lines[^1].Length == 0 ? 1 : 0);
        bool table = renderable is Table;
        for (int line = 0; line < last; line++)
        {
            string text = lines[line].TrimEnd('\r', ' ');
            if (!table || !IsBlank(text))
            {
                _terminal.Out.Write(text);
                _terminal.Out.Write('\n');
            }
        }
        _begun = true;
    }

    // Without colours Spectre would reset those of the process's own console around every piece of text.
    private void Draw(IRenderable renderable)
    {
        if (_colors)
        {
            _console.Write(renderable);
            return;
        }
        foreach (Segment segment in renderable.GetSegments(_console))
        {
            _buffer.Append(segment.Text);
        }
    }
}
