using FleetProf.Analyzer;

return AnalyzeCommand.Run(args, Console.Out, Console.Error);
