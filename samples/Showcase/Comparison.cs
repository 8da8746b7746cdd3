using System.Globalization;
using LlmCascade;
using Microsoft.Extensions.AI;
using Spectre.Console;

namespace Showcase;

/// <summary>Asks every question twice, the cascade and the expert alone, and shows the saving beside the difference in correctness.</summary>
internal static class Comparison
{
    private const int WidthOfFiles = 140;

    public static async Task RunAsync(IChatClient client, Arguments arguments)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfFiles;
        }

        AnsiConsole.WriteLine();
        AnsiConsole.MarkupLine(arguments.Endpoint is null
            ? "[yellow]Both models are scripted: the cascade is real, the answers are made up.[/] Real models: --endpoint URL --weak NAME --expert NAME"
            : $"Models at {Markup.Escape(arguments.Endpoint.ToString())}: [blue]{Markup.Escape(arguments.Weak)}[/] first, [blue]{Markup.Escape(arguments.Expert)}[/] as the expert");
        AnsiConsole.WriteLine();

        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("Question", "Answer", "Right", "Answered by", "Confidence", "Why")
            .AddColumn(new TableColumn("Cost").RightAligned());
        var (cascade, expertAlone) = (new Score(), new Score());
        foreach (var question in Question.All)
        {
            var response = await AskAsync(client, question, null, arguments.IsStreaming);
            var expertOptions = new ChatOptions().WithCascade(request => request.ForceExpert());
            var expertResponse = await AskAsync(client, question, expertOptions, arguments.IsStreaming);
            var trace = cascade.Add(question, response);
            expertAlone.Add(question, expertResponse);
            table.AddRow(
                Markup.Escape(question.Text),
                Markup.Escape(Shorten(response?.Text ?? "(none)")),
                question.IsAnsweredBy(response?.Text) ? "[green]yes[/]" : "[red]no[/]",
                trace?.AnsweredBy ?? "nobody",
                trace?.Attempts[0].Confidence is { } confidence ? confidence.ToString("0.00", CultureInfo.InvariantCulture) : "",
                trace?.Attempts[0].Reason ?? "",
                Micro(trace?.Cost));
        }

        AnsiConsole.Write(table);
        WriteSummary(cascade, expertAlone);
    }

    // Without an expert there is no answer; the comparison counts that as a wrong one and goes on.
    private static async Task<ChatResponse?> AskAsync(IChatClient client, Question question, ChatOptions? options, bool isStreaming)
    {
        options ??= new ChatOptions();
        options.Instructions = "Answer the question in one short sentence. ";
        options.Temperature = 0;
        options.MaxOutputTokens = 60;
        try
        {
            return isStreaming
                ? await client.GetStreamingResponseAsync(question.Text, options).ToChatResponseAsync()
                : await client.GetResponseAsync(question.Text, options);
        }
        catch (CascadeException)
        {
            return null;
        }
    }

    private static void WriteSummary(Score cascade, Score expertAlone)
    {
        var total = Question.All.Count;
        AnsiConsole.Write(new Table().Border(TableBorder.Rounded)
            .AddColumns("", "Right", "Kept by the small model")
            .AddColumn(new TableColumn("Cost").RightAligned())
            .AddRow("cascade", $"{cascade.Right} of {total}", $"{cascade.Kept} of {total}", Micro(cascade.Cost))
            .AddRow("expert alone", $"{expertAlone.Right} of {total}", "", Micro(expertAlone.Cost)));
        if (expertAlone.Cost == 0 || cascade.IsCostIncomplete || expertAlone.IsCostIncomplete)
        {
            AnsiConsole.WriteLine("Some calls failed, were cut short or reported no usage, so the costs are lower bounds and no saving is claimed.");
            return;
        }

        var saving = 1 - (cascade.Cost / expertAlone.Cost);
        var difference = (decimal)(cascade.Right - expertAlone.Right) / total;
        AnsiConsole.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Saving [bold]{saving:0%}[/] of the cost, at a difference in correctness of [bold]{difference * 100:+0;-0;0}[/] points over {total} questions: too few to conclude from, enough to see it work."));
    }

    private static string Shorten(string text) => text.ReplaceLineEndings(" ").Trim() is { Length: > 60 } longer ? longer[..59] + "…" : text.Trim();

    private static string Micro(decimal? cost) =>
        cost is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known * 1_000_000:0.0} µ$") : "unknown";

    private sealed class Score
    {
        public int Right { get; private set; }

        public int Kept { get; private set; }

        public decimal Cost { get; private set; }

        public bool IsCostIncomplete { get; private set; }

        public CascadeTrace? Add(Question question, ChatResponse? response)
        {
            var trace = response?.GetCascadeTrace();
            Right += question.IsAnsweredBy(response?.Text) ? 1 : 0;
            Kept += trace?.AnsweredBy == "small" ? 1 : 0;
            Cost += trace?.Cost ?? 0;
            IsCostIncomplete |= trace is null or { IsCostIncomplete: true };
            return trace;
        }
    }
}
