using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class RecordedStreamTests : IDisposable
{
    private const string Table = "id\ttext\tgold\tgpt\n1\tfine\tgood\tgood\n2\tgrim\tbad\t\n3\tso \"so\"\tgood\tmeh\n";

    private readonly TemporaryFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("stream.tsv")]
    [InlineData("stream.tsv.gz")]
    public void A_table_becomes_a_stream_and_an_empty_or_unknown_answer_of_the_expert_is_unparsed(string name)
    {
        var stream = Load(name.EndsWith(".gz", StringComparison.Ordinal) ? _files.Write(name, TemporaryFiles.Zip(Table)) : _files.Write(name, Table));

        Assert.Equal([new("fine", "good", "good"), new("grim", "bad", null), new RecordedItem("so \"so\"", "good", null)], stream.Items);
        Assert.Equal(["bad", "good"], stream.Labels.Labels);
        Assert.Equal(1 / 3.0, stream.ExpertAccuracy);
    }

    [Fact]
    public void Given_labels_keep_their_order_and_decide_what_is_an_answer() => Assert.Equal(
        ("good, bad, meh", "meh"),
        (Load(Written(Table), ["good", "bad", "meh"]).Labels.ToString(), Load(Written(Table), ["good", "bad", "meh"]).Items[2].Expert));

    [Fact]
    public void The_line_end_of_windows_a_byte_order_mark_and_a_missing_last_line_end_change_nothing() => Assert.Equal(
        Load(Written(Table)).Items,
        Load(Written("\uFEFF" + Table.TrimEnd('\n').Replace("\n", "\r\n", StringComparison.Ordinal))).Items);

    [Theory]
    [InlineData("order.txt")]
    [InlineData("order.txt.gz")]
    public void An_order_picks_rows_and_the_labels_are_those_of_the_whole_file(string name)
    {
        var order = name.EndsWith(".gz", StringComparison.Ordinal) ? _files.Write(name, TemporaryFiles.Zip("2\n0\n")) : _files.Write(name, "2\n0\n");

        var stream = Load(Written(Table), order: order);

        Assert.Equal(["so \"so\"", "fine"], stream.Items.Select(item => item.Text));
        Assert.Equal(["bad", "good"], stream.Labels.Labels);
    }

    [Theory]
    [InlineData("", "there is no header line.")]
    [InlineData("id\ttext\tgold\tgpt\n", ", line 1: there is no row below the header.")]
    [InlineData("id\ttext\tgpt\n", ", line 1: there is no column 'gold'; the columns are id, text, gpt.")]
    [InlineData("text\ttext\tgold\tgpt\n", ", line 1: the column 'text' is there twice.")]
    [InlineData("text\tgold\tgpt\na\tyes\tyes\nb\tno\n", ", line 3: the row has 2 cells and the header 3 columns.")]
    [InlineData("text\tgold\tgpt\na\tyes\tyes\n\nb\tno\tno\n", ", line 3: the row has 1 cell and the header 3 columns.")]
    [InlineData("text\tgold\tgpt\na\tyes\tyes\nb\tno\tno\tno\n", ", line 3: the row has 4 cells and the header 3 columns.")]
    [InlineData("text\tgold\tgpt\na\t\tyes\n", ", line 2: the cell of the gold column 'gold' is empty.")]
    [InlineData("text\tgold\tgpt\na\tyes\tno\n", ", line 2: the gold column 'gold' holds one label only, 'yes', and no labels are given.")]
    public void A_table_that_is_none_is_refused_with_its_line(string table, string message) => Refuses(message, () => Load(Written(table)));

    [Fact]
    public void A_gold_label_outside_the_labels_is_refused_with_its_line() => Refuses(
        ", line 3: the gold label 'bad' is none of the labels good, fair.", () => Load(Written(Table), ["good", "fair"]));

    [Theory]
    [InlineData("0\n3\n", "order.txt, line 2: there is no row 3; '")]
    [InlineData("0\n-1\n", "order.txt, line 2: '-1' is no row number")]
    [InlineData("0\nsecond\n", "order.txt, line 2: 'second' is no row number")]
    [InlineData("0\n\n1\n", "order.txt, line 2: '' is no row number")]
    [InlineData("0\n99999999999\n", "order.txt, line 2: '99999999999' is no row number")]
    [InlineData("1\n0\n1\n", "order.txt, line 3: the row 1 is named a second time, after line 1.")]
    [InlineData("", "order.txt: there is no row number.")]
    public void An_order_that_is_none_is_refused_with_its_line(string order, string message) =>
        Refuses(message, () => Load(Written(Table), order: _files.Write("order.txt", order)));

    [Fact]
    public void Gzip_data_that_is_cut_is_refused_wherever_it_is_cut()
    {
        var whole = TemporaryFiles.Zip(Table);

        for (var length = 0; length < whole.Length; length++)
        {
            Refuses(length == 0 ? "there is no header line." : "cut.tsv.gz: the gzip data is broken.", () => Load(_files.Write("cut.tsv.gz", whole[..length])));
        }
    }

    [Fact]
    public void Gzip_data_that_is_cut_after_many_rows_is_refused()
    {
        var whole = TemporaryFiles.Zip(Table + Rows(5000));

        Refuses("the gzip data is broken.", () => Load(_files.Write("cut.tsv.gz", whole[..^1])));
        Refuses("the gzip data is broken.", () => Load(_files.Write("cut.tsv.gz", whole[..(whole.Length / 2)])));
    }

    [Fact]
    public void Gzip_data_is_whole_whatever_its_length_and_in_several_members()
    {
        // Around the size of the blocks in which it is read.
        for (var length = 8150; length < 8230; length++)
        {
            var text = new string('x', 60) + string.Concat(Enumerable.Range(0, length).Select(i => (char)('!' + ((i * 7919 % 8191 * 31 % 89)))));
            var first = TemporaryFiles.Zip($"{Table}4\t{text}\tgood\tgood");

            Assert.Equal(4, Load(_files.Write("whole.tsv.gz", first)).Items.Length);
            Assert.Equal(5, Load(_files.Write("whole.tsv.gz", [.. first, .. TemporaryFiles.Zip("\n5\tmore\tgood\tgood\n")])).Items.Length);
        }
    }

    [Fact]
    public void Text_in_a_file_named_as_gzip_is_refused() =>
        Refuses("plain.tsv.gz: the gzip data is broken.", () => Load(_files.Write("plain.tsv.gz", Table)));

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused() => Refuses(
        "the text is not UTF-8.",
        () => Load(_files.Write("latin.tsv", [.. "text\tgold\tgpt\n"u8, 0xE9, .. "\tyes\tno\n"u8])));

    [Fact]
    public void A_file_that_is_not_there_is_an_exception_that_names_it() =>
        Assert.Contains("nowhere.tsv", Assert.Throws<FileNotFoundException>(() => Load(_files.PathOf("nowhere.tsv"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_stream_from_memory_needs_items_and_gold_labels_among_its_labels()
    {
        Assert.Throws<ArgumentException>(() => new RecordedStream([]));
        var odd = Assert.Throws<ArgumentException>(() => new RecordedStream([new("a", "perhaps", "yes")], new LabelSpace("yes", "no")));
        Assert.Contains("'perhaps'", odd.Message, StringComparison.Ordinal);
    }

    private string Written(string table) => _files.Write("stream.tsv", table);

    private static string Rows(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"{i}\ttext {i * 7919}\tgood\tgood\n"));

    private static RecordedStream Load(string path, string[]? labels = null, string? order = null) =>
        RecordedStream.Load(path, "text", "gold", "gpt", labels, order);

    private static void Refuses(string message, Func<RecordedStream> load) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(load).Message, StringComparison.Ordinal);
}
