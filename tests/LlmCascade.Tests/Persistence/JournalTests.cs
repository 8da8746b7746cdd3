using System.Text;
using LlmCascade.Persistence;
using Xunit;

namespace LlmCascade.Tests.Persistence;

public sealed class JournalTests : IDisposable
{
    private const string Kind = "words";

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("journal");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_committed_is_read_again_in_order()
    {
        using (var journal = Create("header"))
        {
            Write(journal, "one");
            Write(journal, "two", "", new string('x', 300_000));
        }

        Assert.Equal(["header", "one", "two", "", new string('x', 300_000)], Read());
    }

    [Fact]
    public void What_was_not_committed_is_not_there()
    {
        using (var journal = Create("header"))
        {
            Write(journal, "one");
            journal.Add("two"u8);
        }

        Assert.Equal(["header", "one"], Read());
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_loses_only_what_was_cut()
    {
        using (var journal = Create("header"))
        {
            Write(journal, "one", "two", "three");
        }

        var whole = File.ReadAllBytes(Path);
        var header = HeaderLength();
        var counts = new HashSet<int>();
        for (var length = header; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);

            var read = Read();
            counts.Add(read.Length);
            Assert.Equal(((string[])["header", "one", "two", "three"])[..read.Length], read);

            // What comes next is written where the whole records end.
            using (var journal = Open(out _))
            {
                Write(journal, "next");
            }

            Assert.Equal([.. read, "next"], Read());
        }

        Assert.Equal([1, 2, 3], counts.Order());
    }

    [Fact]
    public void Whatever_stands_behind_the_last_record_is_cut_off()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            using (var journal = Create("header"))
            {
                Write(journal, "one", "two");
            }

            var rubbish = new byte[random.Next(1, 200)];
            random.NextBytes(rubbish);
            File.AppendAllText(Path, i % 2 == 0 ? "" : new string('\0', 100));
            using (var file = File.Open(Path, FileMode.Append))
            {
                file.Write(rubbish);
            }

            Assert.Equal(["header", "one", "two"], Read());
            File.Delete(Path);
        }
    }

    [Fact]
    public void Every_flipped_bit_before_the_last_record_is_noticed()
    {
        using (var journal = Create("header"))
        {
            Write(journal, "one", "two", "three");
        }

        var whole = File.ReadAllBytes(Path);
        var last = LengthOf("header", "one", "two");
        for (var bit = 0; bit < 8 * last; bit++)
        {
            var damaged = whole.ToArray();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(Path, damaged);

            var e = Assert.Throws<JournalException>(Read);

            Assert.StartsWith($"The journal '{Path}' ", e.Message, StringComparison.Ordinal);
            Assert.Throws<JournalException>(() => Open(out _).Dispose());
            Assert.Equal(damaged, File.ReadAllBytes(Path));
        }
    }

    [Fact]
    public void A_record_is_not_taken_for_one_at_another_place()
    {
        using (var journal = Create("header"))
        {
            Write(journal, "one", "two", "six");
        }

        var whole = File.ReadAllBytes(Path);
        var (first, length) = (LengthOf("header"), LengthOf("header", "one") - LengthOf("header"));
        byte[] swapped = [.. whole[..first], .. whole[(first + length)..(first + (2 * length))], .. whole[first..(first + length)], .. whole[(first + (2 * length))..]];
        File.WriteAllBytes(Path, swapped);
        Assert.Throws<JournalException>(Read);

        File.WriteAllBytes(Path, [.. whole[..(first + length)], .. whole[(first + (2 * length))..]]);
        Assert.Equal(["header", "one"], Read());
    }

    [Theory]
    [InlineData("", "is no journal of LlmCascade")]
    [InlineData("something else, and long enough for a header", "is no journal of LlmCascade")]
    [InlineData("LlmJrnl\n", "is cut within its header")]
    public void Another_file_is_told_apart(string text, string problem)
    {
        File.WriteAllText(Path, text);

        Assert.Contains(problem, Assert.Throws<JournalException>(Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_of_another_kind_is_told_apart()
    {
        Create("header").Dispose();

        var e = Assert.Throws<JournalException>(() => new JournalReader(Path, "numbers"));

        Assert.Contains("is one of kind 'words', where one of kind 'numbers' is expected", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_format_is_named()
    {
        Create("header").Dispose();
        var bytes = File.ReadAllBytes(Path);
        bytes[8] = 9;
        File.WriteAllBytes(Path, bytes);

        Assert.Contains(
            "has the format 9, and this version of LlmCascade reads 1", Assert.Throws<JournalException>(Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_has_one_writer()
    {
        using var first = Create("header");

        Assert.Contains("is being written", Assert.Throws<JournalException>(() => Open(out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_reads_while_somebody_writes_finds_whole_records_and_can_go_on()
    {
        using var journal = Create("header");
        Write(journal, "one");
        using var reader = new JournalReader(Path, Kind);
        Assert.True(reader.TryRead(out var content));
        Assert.Equal("one", Encoding.UTF8.GetString(content));
        Assert.False(reader.TryRead(out _));

        Write(journal, "two");

        // The reader has read ahead, and not yet seen what came since.
        using var later = new JournalReader(Path, Kind) { Position = reader.Position };
        Assert.True(later.TryRead(out content));
        Assert.Equal("two", Encoding.UTF8.GetString(content));
    }

    [Fact]
    public void Replacing_puts_other_records_into_its_place_and_goes_on()
    {
        using (var journal = Create("header"))
        {
            Write(journal, "one", "two");
            journal.Replace("other"u8.ToArray(), add => add("three"u8));
            Write(journal, "four");
        }

        Assert.Equal(["other", "three", "four"], Read());
        Assert.DoesNotContain(_folder.Files, file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_replacement_that_fails_changes_nothing()
    {
        using (var journal = Create("header"))
        {
            Write(journal, "one");
            Assert.Throws<InvalidOperationException>(() => journal.Replace("other"u8.ToArray(), add =>
            {
                add("two"u8);
                throw new InvalidOperationException();
            }));
            Write(journal, "three");
        }

        Assert.Equal(["header", "one", "three"], Read());
        Assert.DoesNotContain(_folder.Files, file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_opens_it_as_it_was_left_is_the_same_writer()
    {
        Guid first;
        using (var journal = Create("header"))
        {
            Write(journal, "one");
            first = journal.WriterId;
        }

        Assert.NotEqual(default, first);
        Assert.Equal(first, WriterOf(Path));
        Assert.Equal(first, WriterOf(Path));
    }

    [Fact]
    public void A_copy_has_another_writer_also_with_everything_beside_it()
    {
        Create("header").Dispose();
        var first = WriterOf(Path);
        var other = _folder.File("copy");
        CopyTo(other);

        Assert.NotEqual(first, WriterOf(other));
        Assert.Equal(first, WriterOf(Path));
    }

    [Fact]
    public void A_backup_that_was_put_back_has_another_writer()
    {
        Create("header").Dispose();
        var first = WriterOf(Path);
        var backup = _folder.File("backup");
        CopyTo(backup);
        using (var journal = Open(out _))
        {
            Write(journal, "one");
            Assert.Equal(first, journal.WriterId);
        }

        // Into the same files, which keeps what the file system knows about them.
        Overwrite(backup, Path);
        Overwrite(backup + ".writer", Path + ".writer");

        Assert.NotEqual(first, WriterOf(Path));
    }

    [Fact]
    public void A_journal_that_was_moved_has_another_writer()
    {
        Create("header").Dispose();
        var first = WriterOf(Path);
        var other = _folder.File("moved");
        File.Move(Path, other);
        File.Move(Path + ".writer", other + ".writer");

        Assert.NotEqual(first, WriterOf(other));
    }

    [Fact]
    public void A_journal_that_was_not_closed_has_another_writer()
    {
        Create("header").Dispose();
        var first = WriterOf(Path);
        using (var journal = Open(out _))
        {
            File.Copy(Path, _folder.File("killed"));
            Assert.False(File.Exists(Path + ".writer"));
        }

        Overwrite(_folder.File("killed"), Path);
        File.Delete(Path + ".writer");

        Assert.NotEqual(first, WriterOf(Path));
    }

    [Fact]
    public void A_note_about_the_writer_that_makes_no_sense_is_passed_over()
    {
        Create("header").Dispose();
        File.WriteAllText(Path + ".writer", "nonsense");

        Assert.NotEqual(default, WriterOf(Path));
    }

    private static void Overwrite(string from, string to)
    {
        var bytes = File.ReadAllBytes(from);
        using var file = File.OpenWrite(to);
        file.SetLength(0);
        file.Write(bytes);
    }

    private static void Write(Journal journal, params string[] words)
    {
        Array.ForEach(words, word => journal.Add(Encoding.UTF8.GetBytes(word)));
        journal.Commit();
    }

    private static Guid WriterOf(string path)
    {
        using var journal = new Journal(path, Kind, flushToDisk: true);
        journal.Read((_, _) => _ => { });
        return journal.WriterId;
    }

    private void CopyTo(string other)
    {
        File.Copy(Path, other);
        File.Copy(Path + ".writer", other + ".writer");
    }

    private Journal Create(string header)
    {
        var journal = new Journal(Path, Kind, flushToDisk: false);
        journal.Replace(Encoding.UTF8.GetBytes(header), _ => { });
        return journal;
    }

    private Journal Open(out List<string> records)
    {
        List<string> found = [];
        records = found;
        var journal = new Journal(Path, Kind, flushToDisk: false);
        try
        {
            journal.Read((_, _) => content => found.Add(Encoding.UTF8.GetString(content)));
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    // The header's content and the records, as somebody reads them who does not write.
    private string[] Read()
    {
        using var reader = new JournalReader(Path, Kind);
        List<string> found = [Encoding.UTF8.GetString(reader.Header.Content.Span)];
        while (reader.TryRead(out var content))
        {
            found.Add(Encoding.UTF8.GetString(content));
        }

        return [.. found];
    }

    private int HeaderLength()
    {
        using var reader = new JournalReader(Path, Kind);
        return (int)reader.Position;
    }

    private static int LengthOf(string header, params string[] records) =>
        new JournalHeader(Guid.NewGuid(), Kind, Encoding.UTF8.GetBytes(header)).Pack().Length
        + records.Sum(record => JournalRecord.StartLength + record.Length + JournalRecord.ChecksumLength);
}
