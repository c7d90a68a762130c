using Latent.Cli;

return CommandLine.Run(args, Terminal.System());
