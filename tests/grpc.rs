//! The gRPC interface as a client meets it.

use std::time::Duration;

use coderunner_api::proto::v1::{
    self, code_execution_service_client::CodeExecutionServiceClient, execute_response::Event,
    interact_request::Message, outcome::Termination,
};
use tonic::{Code, Request, Status, transport::Channel};
use tonic_types::StatusExt as _;

use crate::served::Served;

type Client = CodeExecutionServiceClient<Channel>;

async fn client(served: &Served) -> Client {
    let address = format!("http://{}", served.address);
    let channel = Channel::from_shared(address).expect("an address").connect().await;
    CodeExecutionServiceClient::new(channel.expect("it listens"))
}

fn on_tokio<T>(test: impl Future<Output = T>) -> T {
    crate::backends::block_on(test)
}

fn program(language: &str, source: &str) -> v1::RunRequest {
    let content = source.to_owned().into();
    v1::RunRequest {
        language: language.to_owned(),
        files: vec![v1::File { path: String::new(), content }],
        ..v1::RunRequest::default()
    }
}

/// All events of a stream: the texts, and how it ended.
async fn gather(
    mut stream: tonic::Streaming<v1::ExecuteResponse>,
) -> (String, Result<v1::Outcome, Status>) {
    let mut stdout = String::new();
    loop {
        match stream.message().await {
            Err(status) => return (stdout, Err(status)),
            Ok(None) => panic!("it ends with its outcome"),
            Ok(Some(message)) => match message.event.expect("there is one") {
                Event::Started(started) => assert_eq!(started.id.len(), 32),
                Event::Stdout(bytes) => stdout.push_str(&String::from_utf8_lossy(&bytes)),
                Event::Stderr(_) | Event::KeepAlive(_) => {}
                Event::Finished(finished) => {
                    return (stdout, Ok(finished.outcome.expect("there is one")));
                }
            },
        }
    }
}

#[test]
fn run_and_execute_say_the_same() {
    let served = Served::new();
    on_tokio(async {
        let mut client = client(&served).await;
        let request = v1::RunRequest {
            stdin: "typed\n".into(),
            args: vec!["x".to_owned()],
            env: [("A".to_owned(), "b".to_owned())].into(),
            collect_files: true,
            ..program(
                "python",
                "import sys, os\nprint(input(), sys.argv[1], os.environ['A'])\nopen('f', 'w').write('w')\nsys.exit(3)",
            )
        };
        let run = client.run(request.clone()).await.expect("it runs").into_inner();
        assert_eq!((run.language.as_str(), &run.stdout[..]), ("python", b"typed x b\n".as_slice()));
        let (stdout, outcome) =
            gather(client.execute(request).await.expect("it runs").into_inner()).await;
        let outcome = outcome.expect("it ends");
        assert_eq!(stdout, "typed x b\n");
        for outcome in [run.outcome.expect("there is one"), outcome] {
            assert_eq!(outcome.termination, Some(Termination::Exited(3)));
            assert_eq!((outcome.files.len(), &outcome.files[0].content[..]), (1, b"w".as_slice()));
            assert!(outcome.usage.is_some_and(|usage| usage.fuel > Some(0)));
        }
    });
}

#[test]
fn an_earlier_run_answers_when_it_may() {
    let served = Served::new();
    on_tokio(async {
        let mut client = client(&served).await;
        let request =
            v1::RunRequest { cache: v1::Cache::Repeatable.into(), ..program("python", "print(1)") };
        let run = client.run(request.clone()).await.expect("it runs").into_inner();
        let again = client.run(request.clone()).await.expect("it is told").into_inner();
        assert_eq!((run.cached, again.cached), (false, true));
        assert_eq!((&run.stdout, &again.stdout[..]), (&again.stdout, b"1\n".as_slice()));
        let mut answers = client.execute(request).await.expect("it is told").into_inner();
        let cached = loop {
            let answer = answers.message().await.expect("it goes on").expect("there is one");
            if let Some(Event::Finished(finished)) = answer.event {
                break finished.cached;
            }
        };
        assert!(cached);
        let wrong = v1::RunRequest { cache: 99, ..program("python", "print(1)") };
        let status = client.run(wrong).await.expect_err("there is no such value");
        assert_eq!(status.code(), Code::InvalidArgument);
    });
}

#[test]
fn somebody_can_type_while_the_program_runs() {
    let served = Served::new();
    on_tokio(async {
        let mut client = client(&served).await;
        let say = |message| v1::InteractRequest { message: Some(message) };
        let (typed, requests) = tokio::sync::mpsc::channel(4);
        let source = "while True:\n  try: print('got', input(), flush=True)\n  except EOFError: break\nprint('end')";
        typed.send(say(Message::Run(program("python", source)))).await.expect("it is taken");
        let requests = tokio_stream::wrappers::ReceiverStream::new(requests);
        let mut answers = client.interact(requests).await.expect("it starts").into_inner();
        let started = answers.message().await.expect("it starts").expect("there is one");
        assert!(matches!(started.event, Some(Event::Started(_))));
        // One after the other: each answer proves that the program had the text while it ran.
        for word in ["one", "two"] {
            typed.send(say(Message::Stdin(format!("{word}\n").into()))).await.expect("it is taken");
            let answer = answers.message().await.expect("it answers").expect("there is one");
            assert_eq!(answer.event, Some(Event::Stdout(format!("got {word}\n").into())));
        }
        typed.send(say(Message::CloseStdin(v1::CloseStdin {}))).await.expect("it is taken");
        let (stdout, outcome) = gather(answers).await;
        assert_eq!(stdout, "end\n");
        assert_eq!(outcome.expect("it ends").termination, Some(Termination::Exited(0)));
    });
}

#[test]
fn a_signal_a_deadline_and_going_away_end_the_program() {
    let served = Served::with(&["--guest-threads", "1"]);
    on_tokio(async {
        let mut client = client(&served).await;
        let endless = || program("javascript", "for(;;);");
        let mut hasty = Request::new(endless());
        hasty.set_timeout(Duration::from_millis(50));
        let status = client.run(hasty).await.expect_err("it is late");
        assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");

        let say = |message| v1::InteractRequest { message: Some(message) };
        let signal = v1::Signal::Interrupt.into();
        let requests = vec![say(Message::Run(endless())), say(Message::Signal(signal))];
        let answers = client.interact(tokio_stream::iter(requests)).await.expect("it starts");
        let (_, outcome) = gather(answers.into_inner()).await;
        assert_eq!(outcome.expect_err("it was told to stop").code(), Code::Cancelled);

        let stream = client.execute(endless()).await.expect("it starts").into_inner();
        drop(stream);
        // All of them ran on the only thread for guests: another one has it to itself now, or this takes seconds of CPU time that are not there.
        let last = client.run(program("javascript", "console.log(1)")).await.expect("it runs");
        assert_eq!(&last.into_inner().stdout[..], b"1\n");
    });
}

#[test]
fn errors_say_what_is_wrong_where() {
    let served = Served::new();
    on_tokio(async {
        let mut client = client(&served).await;
        let status = client.run(program("cobol", "")).await.expect_err("it is not here");
        assert_eq!(status.code(), Code::InvalidArgument);
        let details = status.get_error_details();
        let info = details.error_info().expect("it is there");
        assert_eq!(
            (info.reason.as_str(), info.metadata["code"].as_str()),
            ("UNKNOWN_LANGUAGE", "10301")
        );
        let violations = &details.bad_request().expect("it is there").field_violations;
        assert_eq!(violations[0].field, "language");
        let wrong = v1::RunRequest {
            limits: Some(v1::Limits { memory_bytes: Some(0), ..v1::Limits::default() }),
            ..program("python", "")
        };
        let status = client.execute(wrong).await.expect_err("no memory");
        assert_eq!(status.message(), "limits.memory_bytes: it is not more than nothing");
    });
}

#[test]
fn cases_are_judged_as_they_come() {
    let served = Served::new();
    on_tokio(async {
        let mut client = client(&served).await;
        let case = |stdin: &str, expected: &str| v1::Case {
            stdin: Some(stdin.to_owned().into()),
            args: Vec::new(),
            expected: Some(expected.to_owned().into()),
        };
        let request = v1::RunManyRequest {
            program: Some(program("python", "print(input())")),
            cases: vec![case("a", "a"), case("b", "c"), case("", "")],
            stop_at_first_failure: false,
        };
        let mut answers = client.run_many(request).await.expect("it runs").into_inner();
        let mut verdicts = Vec::new();
        let summary = loop {
            match answers.message().await.expect("it goes on").expect("there is one").event {
                Some(v1::run_many_response::Event::Case(result)) => verdicts.push(result.verdict()),
                Some(v1::run_many_response::Event::Summary(summary)) => break summary,
                _ => {}
            }
        };
        assert_eq!(
            verdicts,
            [v1::Verdict::Accepted, v1::Verdict::WrongOutput, v1::Verdict::Failed]
        );
        assert_eq!((summary.accepted, summary.wrong_output, summary.failed), (1, 1, 1));
        let languages = client.list_languages(v1::ListLanguagesRequest {}).await.expect("a list");
        assert!(languages.into_inner().languages.iter().any(|l| l.id == "python" && l.available));
    });
}
