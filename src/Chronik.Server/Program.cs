using Chronik.Server.Commands;

return await CommandLine.RunAsync(args, CommandContext.OfProcess());
