namespace Latent.Cli;

/// <summary>The command was given something that it does not take. The message is one line: expected, found, remedy.</summary>
internal sealed class UsageException(string message) : Exception(message);
